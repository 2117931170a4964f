import { scrape } from '../../experiments/metrics.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Chat, join } from './support/chat.ts'
import { frame } from './support/wire.ts'

const [SLOW, OUTBOX, HISTORY] = [12, 1_000_000, 60]
const SIZE = 50_000

kpi('slow-reader', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const node = await chat.node({ env: { OUTBOX_BYTES: String(OUTBOX), HISTORY: String(HISTORY) }, limits: { memoryMb: 96 } })
  const room = `video-${random.word(5)}`
  const [sender, fast] = await Promise.all([chat.member(node.port, 'sender', room), chat.member(node.port, 'fast', room)])
  const slow = await Promise.all(
    Array.from({ length: SLOW }, async (_, i) => {
      const client = await chat.connect(node.port, { user: `slow${i}`, read: false })
      client.raw(Buffer.concat([frame(client.hello), frame({ t: 'join', room })]))
      return client
    }),
  )
  await eventually('everybody to be in', async () => (await scrape(node.url)).sum('chat_connections') === SLOW + 2, { within: 10_000 })
  const closed = async () => (await scrape(node.url)).sum('chat_closed_total', { reason: 'slow_consumer' })
  did(
    `A room with a sender, a fast reader, and ${SLOW} clients that do not read. OUTBOX_BYTES is ${OUTBOX}; the node has 96 MB. I sent messages of ${SIZE} bytes until the node had let all slow ones go.`,
  )
  let sent = 0
  for (; sent < 1000 && (await closed()) < SLOW; ) {
    for (let i = 0; i < 10; i++) sender.say({ t: 'send', id: `m${sent++}`, room, body: 'x'.repeat(SIZE) })
    await sender.until('the acks', () => sender.heard.filter(it => it.t === 'ack').length >= sent)
    await fast.until('the messages at the fast reader', () => fast.messages({ room }).length >= sent)
  }
  expect(await closed(), 'chat_closed_total{reason="slow_consumer"}').toBe(SLOW)
  expect((await scrape(node.url)).sum('chat_connections'), 'chat_connections: the sender and the fast reader').toBe(2)
  await eventually('what waited for the slow ones is given back', async () => (await scrape(node.url)).sum('chat_outbox_bytes') < OUTBOX, {
    within: 10_000,
  })
  const asking = await chat.client(node.port, 'asking')
  asking.socket.pause()
  const ping = frame({ t: 'ping', n: Number.MAX_SAFE_INTEGER })
  const pings = Buffer.concat(Array.from({ length: 1000 }, () => ping))
  for (let i = 0; i < 300; i++) asking.raw(pings)
  did('A client sent 300,000 pings, and read none of the pongs.')
  let [unread, before, unchanged] = [0, '', 0]
  // Let go, or not read any further: both bound what waits for it.
  await eventually(
    'the node to let it go, or to read no further',
    async () => {
      const bytes = (await scrape(node.url)).sum('chat_outbox_bytes')
      unread = Math.max(unread, bytes)
      const now = `${asking.socket.writableLength} ${bytes}`
      unchanged = now === before ? unchanged + 1 : 0
      before = now
      return asking.end !== undefined || unchanged >= 20 || unread >= 2 * OUTBOX
    },
    { within: 20_000 },
  )
  expect(unread < 2 * OUTBOX ? 'bounded' : `~${unread} bytes`, `chat_outbox_bytes, with OUTBOX_BYTES ${OUTBOX}`).toBe('bounded')
  const ids = fast.messages({ room }).map(it => it['id'])
  expect(
    ids.join(' ') === Array.from({ length: sent }, (_, i) => `m${i}`).join(' ') ? 'all, in order' : `${ids.length} of ${sent}`,
    'what the fast reader got',
  ).toBe('all, in order')

  const one = slow[0]!
  one.readOn()
  await one.until('the end of the slow connection', () => one.end !== undefined)
  const last = Number(one.messages({ room }).at(-1)?.['seq'] ?? 0)
  const back = await chat.client(node.port, one.user)
  await join(back, room, last)
  did('A slow client read what was in its buffers, came back, and joined with after.')
  const newest = fast.messages({ room }).at(-1)!['seq']
  await back.until('the newest message', () => back.messages({ room }).at(-1)?.['seq'] === newest)
  const got = back.messages({ room }).map(it => it['seq'] as number)
  expect(
    got.length >= Math.min(HISTORY, (newest as number) - last) && got.every((seq, i) => seq > last && (i === 0 || seq === got[i - 1]! + 1))
      ? 'all that is kept, in order'
      : `${got.length} messages`,
    'what it got',
  ).toBe('all that is kept, in order')
})
