import { faultProxy } from '../../experiments/fault-proxy.ts'
import { scrape } from '../../experiments/metrics.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Chat } from './support/chat.ts'
import { frame } from './support/wire.ts'

const [BIG, SIZE, OUTBOX] = [120, 60_000, 200_000]

kpi('catch-up', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const far = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: 'link of node-2 to Redis' })
  cleanup(() => far.close())
  const redisUrl = `redis://${valkey.user}:${valkey.password}@127.0.0.1:${far.port}`
  const env = { OUTBOX_BYTES: String(OUTBOX) }
  const [one, two] = await Promise.all([chat.node(), chat.node({ env, redisUrl })])
  const room = `video-${random.word(5)}`
  const dispatch = await chat.member(one.port, 'dispatch', room)
  const acks = () => dispatch.heard.filter(it => it.t === 'ack').length
  for (let i = 0; i < BIG; i++) {
    dispatch.say({ t: 'send', id: `big${i}`, room, body: 'x'.repeat(SIZE) })
    await dispatch.until('the acks', () => acks() >= i - 8)
  }
  await dispatch.until('all acks', () => acks() >= BIG)
  const late = await chat.connect(two.port, { user: 'driver', read: false })
  late.raw(Buffer.concat([frame(late.hello), frame({ t: 'join', room, after: 0 })]))
  did(
    `A room has ${BIG} messages of ${SIZE} bytes. OUTBOX_BYTES is ${OUTBOX}. A driver joined with after: 0, and began to read when the kernel's buffers were full.`,
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
  await late.until(`all ${BIG} messages`, () => late.messages({ room }).length >= BIG || late.end !== undefined)
  const order = late.messages({ room }).map(it => it['id'])
  const told = late.end ? `~${order.length}, then the connection ended` : `~${order.length}, or another order`
  expect(
    order.join(' ') === Array.from({ length: BIG }, (_, i) => `big${i}`).join(' ') ? 'all, in order' : told,
    `what the driver got of the ${BIG}`,
  ).toBe('all, in order')
  expect(late.heard.find(it => it.t === 'joined')!['gap'], 'gap in joined, for after: 0').toBe(false)

  // What comes after left is under way while the answer of Redis is.
  far.set({ up: { delayMs: 15 }, down: { delayMs: 15 } }, '30 ms away')
  late.say({ t: 'join', room, after: 0 })
  late.say({ t: 'leave', room })
  did('Then the driver joined once more with after: 0, and left at once, before all of it had come.')
  await late.next('the answer to leave', it => it.t === 'left')
  const before = late.heard.length
  await late.ask({ t: 'who', user: 'dispatch' }, 'presence')
  await dispatch.ask({ t: 'send', id: 'end', room, body: 'end' }, 'ack', it => it['id'] === 'end')
  await late.ask({ t: 'who', user: 'dispatch' }, 'presence')
  expect(late.heard.slice(before).filter(it => it.t === 'msg').length, 'messages of the room that came after left').toBe(0)
})
