import { faultProxy } from '../../experiments/fault-proxy.ts'
import { judgeLedger, Ledger } from '../../experiments/ledger.ts'
import { scrape } from '../../experiments/metrics.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Chat, join, send } from './support/chat.ts'
import type { ChatClient } from './support/client.ts'
import { frame } from './support/wire.ts'

const RESETS = 8
const OUTBOX = 200_000

kpi('resume', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const [one, two] = await Promise.all([0, 1].map(() => chat.node({ env: { HISTORY: '2000', OUTBOX_BYTES: String(OUTBOX) } })))
  const link = await faultProxy({ target: two!.port, timeline, lane: "driver's link" })
  cleanup(() => link.close())
  const room = `tunnel-${random.word(5)}`
  const [dispatch, driver] = [`dispatch-${random.word(4)}`, `driver-${random.word(4)}`]
  const sender = await chat.member(one!.port, dispatch, room)
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
  const post = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const [id, body] = [`m${n++}`, random.word(random.int(5, 60))]
      ledger.attempt(id, { value: body })
      sender.say({ t: 'send', id, room, body })
      if (i % 10 === 9) await sender.until('the acks', () => sender.heard.filter(it => it.t === 'ack').length >= n - 20)
    }
  }
  let resets = 0
  for (let round = 0; round < RESETS; round++) {
    const flow = post(random.int(40, 80))
    await client!.until('messages after joining', () => client.messages({ room }).length >= random.int(1, 30))
    resets += link.reset() > 0 ? 1 : 0
    await client!.until('the end of the broken connection', () => client.end !== undefined)
    take()
    await open()
    await flow
  }
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
  const late = await chat.connect(two!.port, { user: driver, read: false })
  late.raw(Buffer.concat([frame(late.hello), frame({ t: 'join', room, after })]))
  did(
    `While the driver was away, ${big} messages of ${size} bytes were sent. OUTBOX_BYTES is ${OUTBOX}. The driver joined with after, and began to read when the kernel's buffers were full.`,
  )
  await eventually(
    'bytes wait for the driver, or the driver was let go',
    async () => {
      const page = await scrape(two!.url)
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
  late.close()

  const short = await chat.node({ env: { HISTORY: '20' } })
  const [old, keeper] = [`old-${random.word(5)}`, await chat.client(short.port, driver)]
  await join(keeper, old)
  const first = (await send(keeper, old, 'first', 'first'))['seq'] as number
  for (let i = 0; i < 18; i++) await send(keeper, old, `a${i}`, 'still kept')
  const complete = await chat.client(short.port, driver)
  expect((await join(complete, old, first))['gap'], 'gap, when everything after it is kept').toBe(false)
  for (let i = 0; i < 12; i++) await send(keeper, old, `b${i}`, 'pushes the oldest out')
  const partial = await chat.client(short.port, driver)
  const joined = await join(partial, old, first)
  did('With HISTORY=20, the driver asked for what came after a message, when 18 and when 30 had come since.')
  expect(joined['gap'], 'gap, when some of it is gone').toBe(true)
  await partial.until('the kept messages', () => partial.messages({ room: old }).length >= 20)
  expect(
    partial
      .messages({ room: old })
      .map(it => it['seq'])
      .join(' '),
    'seqs that the driver got: the last 20',
  ).toBe(Array.from({ length: 20 }, (_, i) => first + 11 + i).join(' '))
})
