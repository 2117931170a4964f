import { faultProxy } from '../../experiments/fault-proxy.ts'
import { judgeLedger, Ledger } from '../../experiments/ledger.ts'
import { scrape } from '../../experiments/metrics.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Chat, join } from './support/chat.ts'
import type { ChatClient } from './support/client.ts'
import { frame } from './support/wire.ts'

const RESETS = 8
const OUTBOX = 200_000

kpi('resume', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const far = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: 'link of node-2 to Redis' })
  cleanup(() => far.close())
  const redisUrl = `redis://${valkey.user}:${valkey.password}@127.0.0.1:${far.port}`
  const env = { HISTORY: '20000', OUTBOX_BYTES: String(OUTBOX) }
  const [one, two] = await Promise.all([chat.node({ env }), chat.node({ env, redisUrl })])
  // Whatever a node does in two steps takes long enough to be overtaken.
  far.set({ up: { delayMs: 15 }, down: { delayMs: 15 } }, '30 ms away')
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
  client!.close()
  const [big, size] = [150, 60_000]
  for (let i = 0; i < big; i++) {
    sender.say({ t: 'send', id: `big${i}`, room, body: 'x'.repeat(size) })
    await sender.until('the ack', () => sender.heard.some(it => it.t === 'ack' && it['id'] === `big${i}`))
  }
  const late = await chat.connect(two.port, { user: driver, read: false })
  late.raw(Buffer.concat([frame(late.hello), frame({ t: 'join', room, after })]))
  did(
    `While the driver was away, ${big} messages of ${size} bytes were sent. OUTBOX_BYTES is ${OUTBOX}. The driver joined with after, and began to read when the kernel's buffers were full.`,
  )
  await eventually(
    'bytes wait for the driver, or the driver was let go',
    async () => {
      const page = await scrape(two.url)
      return page.sum('chat_outbox_bytes') > 0 || page.sum('chat_closed_total', { reason: 'slow_consumer' }) > 0
    },
    { within: 10_000 },
  )
  late.readOn()
  await late.until(`all ${big} messages`, () => late.messages({ room }).length >= big || late.end !== undefined)
  const order = late.messages({ room }).map(it => it['id'])
  const told = late.end ? `${order.length}, then the connection ended` : `${order.length}, or another order`
  expect(
    order.join(' ') === Array.from({ length: big }, (_, i) => `big${i}`).join(' ') ? 'all, in order' : told,
    `what the driver got of the ${big}`,
  ).toBe('all, in order')
  late.say({ t: 'join', room, after })
  late.say({ t: 'leave', room })
  did('Then the driver joined with after once more, and left at once, before all of it had come.')
  await late.next('the answer to leave', one => one.t === 'left')
  const before = late.heard.length
  await late.ask({ t: 'who', user: dispatch }, 'presence')
  await sender.ask({ t: 'send', id: 'end', room, body: 'end' }, 'ack', one => one['id'] === 'end')
  await late.ask({ t: 'who', user: dispatch }, 'presence')
  expect(late.heard.slice(before).filter(one => one.t === 'msg').length, 'messages of the room that came after left').toBe(0)
  late.close()
})
