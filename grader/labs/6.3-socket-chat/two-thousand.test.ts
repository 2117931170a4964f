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

  const delays: number[] = []
  let [rounds, worstQueue, talk] = [0, 0, 0]
  const admitted: ChatClient[] = []
  const began = performance.now()
  /** One client until it is welcome; resolves with its answer. */
  const attempt = async (user: string): Promise<{ welcome: boolean; retryInMs: number; how: string }> => {
    const client = await chat.connect(node.port, { user })
    client.say(client.hello)
    const answer = () => client.heard.find(one => one.t !== 'ping')
    await client.until('welcome or busy', () => answer() !== undefined || client.end !== undefined, 60_000)
    if (answer()?.t === 'welcome') admitted.push(client)
    return {
      welcome: answer()?.t === 'welcome',
      retryInMs: Number(answer()?.['retryInMs'] ?? 0),
      how: String(answer()?.['code'] ?? client.end),
    }
  }
  let waiting = Array.from({ length: SOCKETS }, (_, i) => `herd${i}`)
  const watch = setInterval(() => {
    anna.say({ t: 'send', id: `t${talk++}`, room, body: 'undisturbed' })
    scrape(node.url).then(
      page => (worstQueue = Math.max(worstQueue, page.sum('chat_accept_queue'))),
      () => {},
    )
  }, 100)
  cleanup(() => clearInterval(watch))
  for (; waiting.length > 0; rounds++) {
    const answers = await Promise.all(waiting.map(attempt))
    const seconds = (performance.now() - began) / 1000
    const most = Math.ceil(BURST + RATE * seconds)
    // Sound on any machine: the clock here began before the node could admit the first.
    if (admitted.length > most)
      fail({
        subject: `clients welcomed in the first ~${seconds.toFixed(1)} s`,
        expected: `at most ~${most} (ADMIT_BURST + ADMIT_PER_SECOND × t)`,
        saw: `${admitted.length}`,
      })
    const odd = answers.find(one => !one.welcome && (one.how !== 'busy' || one.retryInMs < 1))
    if (odd) {
      if (odd.how === 'reset' && admitted.length === 0) throw new EnvironmentFault('this machine could not open 2,000 connections')
      fail({
        subject: 'what a client that found no place was told',
        expected: 'error busy, with a retryInMs',
        saw: odd.how === 'busy' ? 'busy, without retryInMs' : odd.how,
      })
    }
    waiting = waiting.filter((_, i) => !answers[i]!.welcome)
    const told = answers.filter(one => !one.welcome).map(one => one.retryInMs)
    delays.push(...told)
    const until = performance.now() + Math.min(3000, Math.max(0, ...told.slice(0, 50)))
    if (waiting.length > 0) await eventually('the time that they were told to wait', () => performance.now() >= until, { within: 10_000 })
  }
  clearInterval(watch)
  if (rounds < 2) fail({ subject: `clients told busy when ${SOCKETS} came at once`, expected: `some: ${QUEUE} may wait`, saw: 'none' })
  expect(worstQueue <= QUEUE ? 'yes' : `${worstQueue}`, `chat_accept_queue stayed within ${QUEUE}`).toBe('yes')
  expect(
    new Set(delays).size > delays.length / 50 ? 'yes' : `${new Set(delays).size} values for ${delays.length} clients`,
    'the refused were told to come back at different times',
  ).toBe('yes')
  expect((await scrape(node.url)).sum('chat_connections'), 'chat_connections, when all are in').toBe(SOCKETS + 2)
  await anna.until('the acks of what Anna sent meanwhile', () => anna.heard.filter(one => one.t === 'ack').length >= talk)
  await bo.until('what Anna sent meanwhile, at Bo', () => bo.messages({ room }).length >= talk)
  expect(talk > 0 && anna.end === undefined && bo.end === undefined ? 'open' : 'closed', 'the connections of Anna and Bo').toBe('open')
  const last = await attempt('one-too-many')
  expect(last.how, 'what one beyond MAX_CONNECTIONS was told').toBe('busy')
  admitted[0]!.close()
  await eventually('a place for another one', async () => (await attempt('one-more')).welcome, { within: 10_000, every: 200 })
})
