import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import type { Program } from '../../learner/types.ts'
import { quote, startNodes, statuses } from './support/nodes.ts'

/** Milliseconds: what the contract grants, whatever the machine is doing. */
const AT_MOST = 2000

kpi('redis-hangs', async ({ learner, valkey, timeline }) => {
  const limit = { algorithm: 'token-bucket' as const, capacity: 1000, refillPerSecond: 1 }
  const start = (FAIL_POLICY: string) =>
    startNodes({ learner, valkey }, { limit, names: [FAIL_POLICY], env: { FAIL_POLICY, REDIS_TIMEOUT_MS: '500' } })
  const [[open], [closed]] = (await Promise.all([start('open'), start('closed')])) as [[Program], [Program]]
  did('Two nodes, FAIL_POLICY open and closed, REDIS_TIMEOUT_MS=500. With Redis there, I asked both.')
  // Asked until it is so: a first decision on a busy machine may take longer than the timeout.
  for (const node of [open, closed])
    await eventually('an answer decided by Redis', async () => {
      const reply = await quote(node, 'acme')
      expect(`${reply.status} ${reply.headers['ratelimit'] ? 'with' : 'without'} RateLimit`, 'the answer').toBe('200 with RateLimit')
      return true
    })

  const at = timeline.now()
  await valkey.pause()
  did('Redis hangs: its connections are open, but no reply comes (SIGSTOP). I asked each node three times at once.')
  const [served, refused] = await Promise.all(
    [open, closed].map(node => Promise.all([1, 2, 3].map(() => quote(node, 'acme', 1, 2 * AT_MOST)))),
  )
  expect(statuses(served!), 'answers with FAIL_POLICY=open').toBe('200 200 200')
  expect(statuses(refused!), 'answers with FAIL_POLICY=closed').toBe('503 503 503')
  const slowest = Math.max(...[...served!, ...refused!].map(reply => reply.took))
  if (slowest > AT_MOST)
    fail({ subject: 'how long the slowest answer took', expected: `at most ${AT_MOST} ms`, saw: `~${Math.round(slowest)} ms` })
  await valkey.resume()
  timeline.add({ lane: 'valkey', kind: 'fault', at, until: timeline.now(), label: 'hangs (SIGSTOP)' })

  did('Redis goes on. I asked a tenant that had nothing to do with it.')
  for (const [node, name] of [
    [open, 'open'],
    [closed, 'closed'],
  ] as const)
    await eventually(`the ${name} node decides by Redis again`, async () => {
      const reply = await quote(node, `other-${name}`)
      expect(/;\s*r=(\d+)/.exec(reply.headers['ratelimit'] ?? '')?.[0] ?? `${reply.status} without RateLimit`, 'what is left').toMatch(
        /r=\d+/,
      )
      return true
    })
})
