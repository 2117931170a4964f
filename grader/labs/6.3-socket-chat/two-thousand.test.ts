import { scrape } from '../../experiments/metrics.ts'
import { did, EnvironmentFault, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { Chat } from './support/chat.ts'
import type { ChatClient } from './support/client.ts'

const SOCKETS = 2000
const [RATE, BURST, QUEUE] = [1000, 50, 300]

kpi('two-thousand', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const node = await chat.node({
    env: { ADMIT_PER_SECOND: String(RATE), ADMIT_BURST: String(BURST), ACCEPT_QUEUE: String(QUEUE), MAX_CONNECTIONS: String(SOCKETS + 2) },
    limits: { openFiles: 8192, memoryMb: 384 },
  })
  const room = `calm-${random.word(5)}`
  const [anna, bo] = await Promise.all([chat.member(node.port, 'anna', room), chat.member(node.port, 'bo', room)])
  did(
    `ADMIT_PER_SECOND ${RATE}, ADMIT_BURST ${BURST}, ACCEPT_QUEUE ${QUEUE}. Anna and Bo are in; ${SOCKETS} clients connect in the same moment, and come back when they are told to.`,
  )

  const [admitted, told]: [ChatClient[], number[]] = [[], []]
  let [worstQueue, talk] = [0, 0]
  const due: { user: string; at: number }[] = []
  let problem: unknown
  const began = performance.now()
  /** One attempt of one client: welcome, or when it comes back. */
  const attempt = async (user: string): Promise<string> => {
    const client = await chat.connect(node.port, { user })
    client.say(client.hello)
    const answer = () => client.heard.find(one => one.t !== 'ping')
    await client.until('welcome or busy', () => answer() !== undefined || client.end !== undefined, 20_000)
    const [how, retryInMs] = [String(answer()?.['code'] ?? answer()?.t ?? client.end), Number(answer()?.['retryInMs'] ?? 0)]
    if (how === 'welcome') admitted.push(client)
    else if (how === 'reset' && admitted.length === 0) throw new EnvironmentFault('this machine could not open 2,000 connections')
    else if (how !== 'busy' || retryInMs < 1)
      fail({
        subject: 'what a client that found no place was told',
        expected: 'error busy, with a retryInMs',
        saw: how === 'busy' ? 'busy, without retryInMs' : how,
      })
    else {
      told.push(retryInMs)
      due.push({ user, at: performance.now() + Math.min(3000, retryInMs) })
    }
    const seconds = (performance.now() - began) / 1000
    const most = Math.ceil(BURST + RATE * seconds)
    // Sound on any machine: the clock here began before the node could admit the first.
    if (admitted.length > most)
      fail({
        subject: `clients welcomed in the first ~${seconds.toFixed(1)} s`,
        expected: `at most ~${most} (ADMIT_BURST + ADMIT_PER_SECOND × t)`,
        saw: `~${admitted.length}`,
      })
    return how
  }
  const watch = setInterval(() => {
    anna.say({ t: 'send', id: `t${talk++}`, room, body: 'undisturbed' })
    scrape(node.url).then(
      page => (worstQueue = Math.max(worstQueue, page.sum('chat_accept_queue'))),
      () => {},
    )
  }, 100)
  cleanup(() => clearInterval(watch))
  for (let i = 0; i < SOCKETS; i++) due.push({ user: `herd${i}`, at: 0 })
  await eventually(
    `${SOCKETS} clients to be in`,
    () => {
      for (const one of due.splice(0)) {
        if (one.at > performance.now()) due.push(one)
        else attempt(one.user).catch(error => (problem ??= error))
      }
      if (problem !== undefined || admitted.length >= SOCKETS) return true
      throw new Error(`${admitted.length}`)
    },
    { within: 45_000, every: 10 },
  )
  if (problem !== undefined) throw problem
  clearInterval(watch)
  if (told.length === 0)
    fail({ subject: `clients told busy when ${SOCKETS} came at once`, expected: `some: ${QUEUE} may wait`, saw: 'none' })
  expect(worstQueue <= QUEUE ? 'yes' : `${worstQueue}`, `chat_accept_queue stayed within ${QUEUE}`).toBe('yes')
  expect(
    new Set(told).size > Math.min(told.length, 1000) / 50 ? 'yes' : `~${new Set(told).size} values for ~${told.length} clients`,
    'the refused were told to come back at different times',
  ).toBe('yes')
  expect((await scrape(node.url)).sum('chat_connections'), 'chat_connections, when all are in').toBe(SOCKETS + 2)
  await anna.until('the acks of what Anna sent meanwhile', () => anna.heard.filter(one => one.t === 'ack').length >= talk)
  await bo.until('what Anna sent meanwhile, at Bo', () => bo.messages({ room }).length >= talk)
  expect(talk > 0 && anna.end === undefined && bo.end === undefined ? 'open' : 'closed', 'the connections of Anna and Bo').toBe('open')
  expect(await attempt('one-too-many'), 'what one beyond MAX_CONNECTIONS was told').toBe('busy')
  admitted[0]!.close()
  await eventually('a place for another one', async () => (await attempt('one-more')) === 'welcome', { within: 10_000, every: 200 })
})
