import { faultProxy } from '../../experiments/fault-proxy.ts'
import { judgeLedger, Ledger } from '../../experiments/ledger.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { Chat, join } from './support/chat.ts'
import type { ChatClient } from './support/client.ts'

const RESETS = 5

kpi('resume', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const far = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: 'link of node-2 to Redis' })
  cleanup(() => far.close())
  const near = await faultProxy({ host: valkey.host, target: valkey.port })
  cleanup(() => near.close())
  const url = (port: number) => `redis://${valkey.user}:${valkey.password}@127.0.0.1:${port}`
  const env = { HISTORY: '20000' }
  const [one, two] = await Promise.all([chat.node({ env, redisUrl: url(near.port) }), chat.node({ env, redisUrl: url(far.port) })])
  // Whatever node-2 does in two steps takes long enough to be overtaken; node-1 paces the dispatch.
  far.set({ up: { delayMs: 15 }, down: { delayMs: 15 } }, '30 ms away')
  near.set({ up: { delayMs: 4 } })
  const link = await faultProxy({ target: two.port, timeline, lane: "driver's link" })
  cleanup(() => link.close())
  const room = `tunnel-${random.word(5)}`
  const [dispatch, driver] = [`dispatch-${random.word(4)}`, `driver-${random.word(4)}`]
  const sender = await chat.member(one.port, dispatch, room)
  const ledger = new Ledger()

  /** What the driver has processed, over all its connections. */
  const seen: { id: string; value: string }[] = []
  let [after, repeated, hole] = [0, '', '']
  let client: ChatClient
  const open = async (first = false) => {
    client = await chat.client(link.port, driver)
    await join(client, room, first ? undefined : after)
  }
  /** Called once a connection, when it has ended. */
  const take = () => {
    for (const one of client.messages({ room })) {
      const seq = one['seq'] as number
      if (seq <= after) repeated ||= `${one['id']} again, seq ${seq} after ${after}`
      else if (after > 0 && seq !== after + 1) hole ||= `seq ${after}, then ${seq}`
      after = Math.max(after, seq)
      seen.push({ id: String(one['id']), value: String(one['body']) })
    }
  }
  await open(true)
  did(
    `A driver is in a room, through a link that breaks ${RESETS} times while the dispatch sends. After each break the driver joins again with after.`,
  )
  let n = 0
  let posting = true
  /** Without a pause, also while the driver is away and while it joins. */
  const flow = (async () => {
    while (posting) {
      for (let i = random.int(1, 4); i > 0; i--) {
        const [id, body] = [`m${n++}`, random.word(random.int(5, 60))]
        ledger.attempt(id, { value: body })
        sender.say({ t: 'send', id, room, body })
      }
      await sender.next('the ack', it => it.t === 'ack' && it['id'] === `m${n - 1}`)
    }
  })()
  flow.catch(() => {}) // awaited below
  let resets = 0
  for (let round = 0; round < RESETS; round++) {
    const enough = random.int(1, 60)
    await client!.until('messages after joining', () => client.messages({ room }).length >= enough)
    resets += link.reset() > 0 ? 1 : 0
    await client!.until('the end of the broken connection', () => client.end !== undefined)
    take()
    await open()
  }
  posting = false
  await flow
  await sender.until('all acks', () => sender.heard.filter(it => it.t === 'ack').length >= n)
  for (const ack of sender.heard.filter(it => it.t === 'ack')) ledger.ack(String(ack['id']))
  await client!.until('the last message', () => client.messages({ room }).some(it => it['id'] === `m${n - 1}`))
  take()
  judgeLedger(ledger.check(seen, { order: true, duplicates: true }), 'the driver', resets)
  expect(hole || 'none', 'a hole in what the driver got').toBe('none')
  expect(repeated || 'none', 'a message that the driver had already').toBe('none')
})
