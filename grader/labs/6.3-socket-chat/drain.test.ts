import { faultProxy } from '../../experiments/fault-proxy.ts'
import { judgeLedger, Ledger } from '../../experiments/ledger.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { Chat, join } from './support/chat.ts'
import { frame } from './support/wire.ts'

const [CLIENTS, SPREAD, DRAIN] = [60, 40_000, 4000]
/** Milliseconds that a busy machine may take longer. */
const SLACK = 4000

kpi('drain', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const env = { RECONNECT_SPREAD_MS: String(SPREAD), DRAIN_MS: String(DRAIN), PRESENCE_TTL_MS: '120000' }
  const link = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: 'link of node-1 to Redis' })
  cleanup(() => link.close())
  const redisUrl = `redis://${valkey.user}:${valkey.password}@127.0.0.1:${link.port}`
  const [one, two] = await Promise.all([chat.node({ env, redisUrl }), chat.node({ env })])
  const room = `harbour-${random.word(5)}`
  const witness = await chat.member(two.port, 'witness', room)
  const others = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => chat.client(one.port, `user${i}`)))
  const senders = await Promise.all([0, 1, 2].map(i => chat.member(one.port, `sender${i}`, room)))
  const deaf = await chat.connect(one.port, { user: 'deaf', read: false })
  deaf.raw(Buffer.concat([frame(deaf.hello), frame({ t: 'join', room })]))
  const ledger = new Ledger()
  let n = 0
  const post = () => {
    for (const sender of senders)
      for (let i = 0; i < 10; i++) {
        const [id, body] = [`m${n++}`, random.word(random.int(5, 2000))]
        ledger.attempt(id, { value: body })
        sender.say({ t: 'send', id, room, body })
      }
  }
  for (let i = 0; i < 5; i++) {
    post()
    await new Promise(resolve => setImmediate(resolve))
  }
  const careful = await chat.member(one.port, 'careful', room)
  link.set({ up: { delayMs: 300 } }, 'slow')
  const last = Array.from({ length: 5 }, (_, i) => `last${i}-${random.word(4)}`)
  for (const id of last) {
    ledger.attempt(id, { value: id })
    careful.say({ t: 'send', id, room, body: id })
  }
  await careful.ask({ t: 'ping', n: 1 }, 'pong')
  did('Redis is 300 ms away. A careful client sent 5 messages and a ping; the pong shows that the node has read them.')
  did(`${CLIENTS + 5} clients are on node-1; three of them send without pause, one never reads. I sent SIGTERM.`)
  const stopped = one.program.stop(DRAIN + 1000 + SLACK)
  for (let i = 0; i < 20 && senders.some(sender => !sender.end); i++) {
    post()
    await new Promise(resolve => setImmediate(resolve))
  }
  const exit = await stopped
  expect(
    exit.forced ? 'still running, and was killed' : `ended with code ${exit.code}${exit.signal ? ` (${exit.signal})` : ''}`,
    `node-1, ${DRAIN + 1000} ms after SIGTERM (DRAIN_MS and a second)`,
  ).toBe('ended with code 0')

  const all = [...others, ...senders, careful]
  for (const client of all) {
    await client.until('the end of the connection', () => client.end !== undefined)
    const last = client.heard.at(-1)
    if (last?.t !== 'bye' || client.end !== 'FIN')
      fail({ subject: 'the last a client heard of node-1', expected: 'bye, then FIN', saw: `${last?.t ?? 'nothing'}, then ${client.end}` })
  }
  const times = all.map(client => Number(client.heard.at(-1)!['reconnectInMs']))
  const even = times.filter(time => time < SPREAD / 2).length
  if (
    times.some(time => !(time >= 0 && time <= SPREAD)) ||
    new Set(times).size < CLIENTS / 2 ||
    even < CLIENTS / 5 ||
    even > all.length - CLIENTS / 5
  )
    fail({
      subject: `reconnectInMs of ${all.length} clients`,
      expected: `random in 0 … ${SPREAD}`,
      saw: `${Math.min(...times)} to ${Math.max(...times)}, ${new Set(times).size} different`,
    })

  const acks = careful.heard.filter(it => it.t === 'ack' && it['stored'] === true).map(it => it['id'])
  expect(acks.join(' '), 'acks of the five, before bye').toBe(last.join(' '))
  for (const sender of [...senders, careful])
    for (const ack of sender.heard.filter(it => it.t === 'ack' && it['stored'] === true)) ledger.ack(String(ack['id']))
  const late = await chat.client(two.port, 'late')
  const newest = (await join(late, room, 1))['seq']
  await late.until('the room from its beginning, on node-2', () => late.messages({ room }).at(-1)?.['seq'] === newest)
  judgeLedger(
    ledger.check(late.messages({ room }).map(it => ({ id: String(it['id']), value: String(it['body']) }))),
    'the room’s log, read on node-2',
  )
  const [most] = [Math.max(...late.messages({ room }).map(it => it['seq'] as number))]
  await witness.until('the last message, at a member on node-2', () => witness.messages({ room }).at(-1)?.['seq'] === most)
  for (const user of ['user0', 'sender0', 'deaf']) {
    const status = (await late.ask({ t: 'who', user }, 'presence', it => it['user'] === user))['status']
    expect(status, `who, about ${user}, who was on node-1 (PRESENCE_TTL_MS is two minutes)`).toBe('offline')
  }
  did('On node-2 I asked for the room from its beginning, and who is online.')
})
