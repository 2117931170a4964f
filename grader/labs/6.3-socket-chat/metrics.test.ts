import { faultProxy } from '../../experiments/fault-proxy.ts'
import { quantile, scrape } from '../../experiments/metrics.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Chat, send, sendTo } from './support/chat.ts'
import { header } from './support/wire.ts'

kpi('metrics', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const link = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: 'link to Redis' })
  cleanup(() => link.close())
  const node = await chat.node({ redisUrl: `redis://${valkey.user}:${valkey.password}@127.0.0.1:${link.port}` })
  const room = `m-${random.word(5)}`
  const members = [
    await chat.member(node.port, 'anna', room),
    await chat.member(node.port, 'bo', room),
    await chat.member(node.port, 'chris', room),
  ]
  const [toRoom, direct, repeated] = [random.int(5, 15), random.int(3, 8), random.int(2, 5)]
  for (let i = 0; i < toRoom; i++) await send(members[0]!, room, `r${i}`, 'x')
  for (let i = 0; i < direct; i++) await sendTo(members[0]!, 'bo', `d${i}`, 'x')
  for (let i = 0; i < repeated; i++) await send(members[0]!, room, `r${i}`, 'x')
  for (const member of members) await member.until('all messages', () => member.messages({ room }).length === toRoom)
  await members[1]!.until('all direct messages', () => members[1]!.messages({ to: 'bo' }).length === direct)
  did(
    `Three members; ${toRoom} messages to the room, ${direct} direct ones, ${repeated} of the first once more. One left with bye, one was cut, one sent a broken frame.`,
  )
  members[2]!.say({ t: 'bye' })
  await members[2]!.until('the end', () => members[2]!.end !== undefined)
  const cut = await chat.client(node.port, 'cut')
  cut.socket.resetAndDestroy()
  const broken = await chat.client(node.port, 'broken')
  broken.raw(header(0))
  await broken.until('the end', () => broken.end !== undefined)
  const is = (name: string, labels: Record<string, string>, value: number) =>
    eventually(
      `${name}${Object.keys(labels).length > 0 ? JSON.stringify(labels) : ''} is ${value}`,
      async () => {
        expect((await scrape(node.url)).sum(name, labels), name).toBe(value)
        return true
      },
      { within: 2500 },
    )
  await is('chat_closed_total', { reason: 'left' }, 1)
  await is('chat_closed_total', { reason: 'bad_frame' }, 1)
  await is('chat_connections', {}, 2)
  await is('chat_messages_total', { kind: 'room', stored: 'true' }, toRoom)
  await is('chat_messages_total', { kind: 'direct', stored: 'true' }, direct)
  await is('chat_delivered_total', {}, 3 * toRoom + direct)
  await is('chat_store_up', {}, 1)
  const page = await scrape(node.url)
  expect(
    page.sum('chat_closed_total', { reason: 'lost' }) >= 1 ? 'yes' : 'no',
    'chat_closed_total{reason="lost"} counts the connection that was cut',
  ).toBe('yes')
  quantile(page, 'chat_ack_seconds', 0.5)
  expect(page.sum('chat_ack_seconds_count'), 'chat_ack_seconds_count: one for each ack').toBe(toRoom + direct + repeated)
  expect(
    page.sum('chat_ack_seconds_sum') > 0 && page.sum('chat_ack_seconds_sum') < 30 * (toRoom + direct + repeated)
      ? 'seconds'
      : `~${page.sum('chat_ack_seconds_sum')}`,
    'chat_ack_seconds_sum is in',
  ).toBe('seconds')

  link.cut()
  await members[0]!.until('status down', () => members[0]!.heard.some(one => one.t === 'status'))
  await send(members[0]!, room, 'down', 'x')
  did('I cut the link to Redis, and sent one more.')
  await is('chat_store_up', {}, 0)
  await is('chat_messages_total', { kind: 'room', stored: 'false' }, 1)
  link.heal()
  await is('chat_store_up', {}, 1)
})
