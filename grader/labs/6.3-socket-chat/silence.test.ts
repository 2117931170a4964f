import { did, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { Chat } from './support/chat.ts'
import type { ChatClient } from './support/client.ts'
import { frame } from './support/wire.ts'

const HEARTBEAT = 800
/** Milliseconds that a busy machine may take longer than the protocol allows. */
const SLACK = 2000

kpi('silence', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const node = await chat.node({ env: { HEARTBEAT_MS: String(HEARTBEAT) } })
  /** One byte every half heartbeat, until all are sent. Says how long the longest pause was: the grader itself may have been kept waiting. */
  const drip = (client: ChatClient, bytes: Buffer) => {
    let [at, last, longest] = [0, performance.now(), 0]
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
      if (at < bytes.length) client.raw(bytes.subarray(at, ++at))
    }, HEARTBEAT / 2)
    cleanup(() => clearInterval(timer))
    const rest = () => {
      clearInterval(timer)
      return bytes.subarray(at)
    }
    return { longest: () => longest, rest }
  }
  /** Milliseconds until the server has closed, counted from before the last whole thing was sent: never less than what the server saw. */
  const ends = async (client: ChatClient, began: number, who: string, told: string) => {
    await client.until(`the end of ${who}`, () => client.end !== undefined, 4 * HEARTBEAT + SLACK - (performance.now() - began))
    const after = performance.now() - began
    expect(`${client.heard.find(it => it.t === 'error')?.['code'] ?? 'no error'}, ${client.end}`, `what ${who} was told`).toBe(told)
    if (after < 3 * HEARTBEAT)
      fail({
        subject: `${who} was let go`,
        expected: `after ${3 * HEARTBEAT} ms of silence (3 × HEARTBEAT_MS), not before`,
        saw: `after ~${Math.round(after)} ms`,
      })
  }
  did(
    `HEARTBEAT_MS is ${HEARTBEAT}. One client answers pings; one does not; one says nothing at all; one sends its hello, and one a long ping, a byte every ${HEARTBEAT / 2} ms.`,
  )
  const began = performance.now()
  const [alive, silent, slow] = await Promise.all([
    chat.client(node.port, 'alive'),
    chat.client(node.port, 'silent', { pong: false }),
    chat.client(node.port, 'slow', { pong: false }),
  ])
  const [mute, dripping] = [await chat.connect(node.port), await chat.connect(node.port, { user: 'dripping' })]
  drip(dripping, frame(dripping.hello))
  const n = random.int(1, 1e9)
  const talk = drip(slow, frame({ t: 'ping', n, pad: 'x'.repeat(500) }))

  await ends(silent, began, 'the client that does not answer pings', 'heartbeat_timeout, FIN')
  expect(silent.heard.some(it => it.t === 'ping') ? 'pinged' : 'not pinged', 'before it was let go, the silent client was').toBe('pinged')
  await ends(mute, began, 'the client that says nothing', 'hello_timeout, FIN')
  await ends(dripping, began, 'the client that does not finish its hello', 'hello_timeout, FIN')

  const open = () => `${alive.end ?? 'open'}, ${slow.end ?? 'open'}`
  await slow.until('five heartbeats to pass', () => performance.now() - began > 5 * HEARTBEAT || slow.end !== undefined)
  if (open() !== 'open, open' && talk.longest() > 2 * HEARTBEAT) inconclusive('this machine was too busy to send a byte in time')
  expect(open(), 'after five heartbeats, the one that answers pings, and the one whose bytes come slowly').toBe('open, open')
  slow.raw(talk.rest())
  expect((await slow.next('the answer to the long ping', it => it.t === 'pong'))['n'], 'n in the answer to the long ping').toBe(n)
})
