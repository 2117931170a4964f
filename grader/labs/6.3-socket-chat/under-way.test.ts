import { faultProxy } from '../../experiments/fault-proxy.ts'
import { did, eventually, expect, kpi, LearnerFault } from '../../kpi/index.ts'
import { Chat } from './support/chat.ts'

/** Megabytes of the node, bytes of a message, messages at most: three times what the node has. */
const [MEMORY, SIZE, MOST] = [96, 60_000, 5000]

kpi('under-way', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const link = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: 'link to Redis' })
  cleanup(() => link.close())
  const node = await chat.node({
    env: { STORE_TIMEOUT_MS: '20000' },
    redisUrl: `redis://${valkey.user}:${valkey.password}@127.0.0.1:${link.port}`,
    limits: { memoryMb: MEMORY },
  })
  const neighbour = await chat.client(node.port, 'neighbour')
  const sender = await chat.client(node.port, 'sender')
  for (const client of [neighbour, sender]) await client.ask({ t: 'ping', n: 0 }, 'pong')
  link.halfOpen()
  did(
    `Redis does not answer, and STORE_TIMEOUT_MS is 20 s. A client sent messages of ${SIZE} bytes to somebody, ${MOST} at most, as fast as the node read them. The node has ${MEMORY} MB.`,
  )
  const goesOn = () => {
    if (!node.program.running) throw new LearnerFault({ subject: 'the node', expected: 'it goes on', saw: 'it has ended' })
  }
  const body = 'x'.repeat(SIZE)
  let [sent, before, unchanged] = [0, '', 0]
  await eventually(
    'the node to read no further, or to have read all',
    async () => {
      goesOn()
      for (; sent < MOST && !sender.end && sender.socket.writableLength < 2_000_000; sent++)
        sender.say({ t: 'send', id: `m${sent}`, to: 'somebody', body })
      const now = `${sent} ${sender.socket.writableLength}`
      unchanged = now === before ? unchanged + 1 : 0
      before = now
      return unchanged >= 20 || sender.end !== undefined
    },
    { within: 25_000 },
  )
  await eventually('the answer of the node to GET /metrics', async () => {
    goesOn()
    return (await fetch(`${node.url}/metrics`)).ok
  })
  expect(sent < MOST ? 'stopped' : `read on, for ${(MOST * SIZE) / 1e6} MB`, 'reading from a client whose messages wait for Redis').toBe(
    'stopped',
  )
  await neighbour.ask({ t: 'ping', n: 1 }, 'pong')
  if (sender.end) return

  link.heal()
  did('Then Redis answered again.')
  const answered = () => sender.heard.filter(it => it.t === 'ack').length
  await eventually(
    'an ack, stored or not, for each of the messages',
    () => {
      goesOn()
      if (answered() >= sent) return true
      throw new Error(`~${answered()} of ~${sent}`)
    },
    { within: 8000 },
  )
})
