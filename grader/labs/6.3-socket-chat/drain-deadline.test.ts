import { faultProxy } from '../../experiments/fault-proxy.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { Chat, join } from './support/chat.ts'

const DRAIN = 1000
/** Milliseconds that a busy machine may take longer. */
const SLACK = 3000

kpi('drain-deadline', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const link = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: 'link to Redis' })
  cleanup(() => link.close())
  const node = await chat.node({
    env: { DRAIN_MS: String(DRAIN), STORE_TIMEOUT_MS: '20000' },
    redisUrl: `redis://${valkey.user}:${valkey.password}@127.0.0.1:${link.port}`,
  })
  const room = `end-${random.word(5)}`
  const [anna, bo] = [await chat.client(node.port, 'anna'), await chat.client(node.port, 'bo')]
  await join(anna, room)
  await anna.ask({ t: 'ping', n: 0 }, 'pong')
  link.halfOpen()
  anna.say({ t: 'send', id: 'm', room, body: 'does it matter now?' })
  await anna.ask({ t: 'ping', n: 1 }, 'pong')
  did(`DRAIN_MS is ${DRAIN}. Redis does not answer, and STORE_TIMEOUT_MS is 20 s: Anna waits for an ack, Bo for nothing. I sent SIGTERM.`)
  const began = performance.now()
  const stopped = node.program.stop(DRAIN + 1000 + SLACK)
  await bo.until('bye at Bo', () => bo.heard.some(it => it.t === 'bye') || bo.end !== undefined)
  const late = await chat.connect(node.port, { user: 'late' })
  late.say(late.hello)
  await late.until('the end of a connection that was opened after bye', () => late.end !== undefined || late.heard.length > 0)
  const told = late.heard.find(it => it.t !== 'ping')
  if (told && told['code'] !== 'busy')
    fail({
      subject: 'what a client was told that came after bye',
      expected: 'nothing, or busy: nobody new',
      saw: `${told['code'] ?? told.t}`,
    })
  const exit = await stopped
  expect(
    exit.forced ? `still running after ~${Math.round(performance.now() - began)} ms, and was killed` : `ended with code ${exit.code}`,
    `the node, ${DRAIN + 1000} ms after SIGTERM (DRAIN_MS and a second)`,
  ).toBe('ended with code 0')
})
