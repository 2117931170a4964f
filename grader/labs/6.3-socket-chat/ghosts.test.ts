import { faultProxy } from '../../experiments/fault-proxy.ts'
import { scrape } from '../../experiments/metrics.ts'
import { did, eventually, expect, inconclusive, kpi, LearnerFault } from '../../kpi/index.ts'
import { Chat, join } from './support/chat.ts'
import { header } from './support/wire.ts'

const HEARTBEAT = 1500
const [WAVES, GHOSTS, HALF_FRAME] = [2, 400, 250_000]

kpi('ghosts', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const node = await chat.node({
    env: { HEARTBEAT_MS: String(HEARTBEAT), MAX_FRAME_BYTES: '300000', ADMIT_BURST: '1000' },
    limits: { memoryMb: 192, openFiles: 2048 },
  })
  const tunnel = await faultProxy({ target: node.port, timeline, lane: 'tunnel' })
  cleanup(() => tunnel.close())
  const room = `road-${random.word(5)}`
  const alive = await chat.client(node.port, 'alive')
  await join(alive, room)
  const connections = async () => (await scrape(node.url)).sum('chat_connections')
  const lives = () => {
    if (!node.program.running) throw new LearnerFault({ subject: 'node-1', expected: 'it goes on', saw: 'it has ended' })
  }
  did(
    `HEARTBEAT_MS is ${HEARTBEAT}. One client answers pings. ${WAVES} times, ${GHOSTS} drivers sent half of a frame (${HALF_FRAME} bytes) and went into a tunnel: no FIN, no RST, nothing. The node has 192 MB.`,
  )
  let swallowed = 0
  for (let wave = 0; wave < WAVES; wave++) {
    const users = Array.from({ length: GHOSTS }, (_, i) => `ghost${wave}-${i}`)
    const ghosts = await Promise.all(users.map(user => chat.client(tunnel.port, user)))
    const sent = tunnel.forwarded
    // Half of a large frame is what a driver was sending when the tunnel began.
    for (const ghost of ghosts) ghost.raw(Buffer.concat([header(HALF_FRAME + 10_000), Buffer.alloc(HALF_FRAME, 'x')]))
    // On a slow machine the first ghosts may be given up before the last bytes are there: nothing was tried then.
    await eventually(
      'the bytes to reach the node',
      () => {
        lives()
        return tunnel.forwarded - sent >= GHOSTS * HALF_FRAME
      },
      { within: 20_000 },
    ).catch(error => {
      lives()
      if (error instanceof LearnerFault) throw error
      inconclusive('Not all of what the drivers sent reached the node in time.')
    })
    tunnel.halfOpen()
    swallowed += tunnel.connections
    await eventually(
      'chat_connections is down to the one that is alive',
      async () => {
        lives()
        expect(await connections(), 'chat_connections').toBe(1)
        return true
      },
      { within: 20_000 },
    )
    tunnel.heal()
    for (const ghost of ghosts) ghost.close()
    await eventually('the tunnel to be empty', () => tunnel.connections === 0, { within: 10_000 })
  }
  if (swallowed === 0) inconclusive('no connection was in the tunnel')
  expect(alive.end ?? 'open', 'the connection of the client that answers pings').toBe('open')
  await alive.ask({ t: 'send', id: 'm', room, body: 'still here' }, 'ack')
  await alive.ask({ t: 'who', user: `ghost${WAVES - 1}-0` }, 'presence', it => it['status'] === 'offline')
  const closed = (await scrape(node.url)).sum('chat_closed_total', { reason: 'heartbeat_timeout' })
  expect(closed, 'chat_closed_total{reason="heartbeat_timeout"}').toBe(WAVES * GHOSTS)
})
