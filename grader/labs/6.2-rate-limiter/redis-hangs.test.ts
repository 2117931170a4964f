import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import type { Program } from '../../learner/types.ts'
import { quote, startNodes } from './support/nodes.ts'

/** Milliseconds: what the contract grants, whatever the machine is doing. */
const AT_MOST = 2000

kpi('redis-hangs', async ({ learner, valkey, timeline }) => {
  const limit = { algorithm: 'token-bucket' as const, capacity: 1000, refillPerSecond: 1 }
  const start = (FAIL_POLICY: string) =>
    startNodes({ learner, valkey }, { limit, names: [FAIL_POLICY], env: { FAIL_POLICY, REDIS_TIMEOUT_MS: '250' } })
  const [[open], [closed]] = (await Promise.all([start('open'), start('closed')])) as [[Program], [Program]]
  did('Two nodes, FAIL_POLICY open and closed, REDIS_TIMEOUT_MS=250. With Redis there, I asked both.')
  for (const node of [open, closed]) expect((await quote(node, 'acme')).status, 'the answer').toBe(200)

  const at = timeline.now()
  await valkey.pause()
  did('Redis hangs: its connections are open, but no reply comes (SIGSTOP). I asked each node three times at once.')
  for (const [node, policy, expected] of [
    [open, 'open', 200],
    [closed, 'closed', 503],
  ] as const) {
    const replies = await Promise.all(Array.from({ length: 3 }, () => quote(node, 'acme', 1, 2 * AT_MOST)))
    for (const reply of replies) {
      expect(reply.status, `the answer with FAIL_POLICY=${policy}`).toBe(expected)
      if (reply.took > AT_MOST)
        fail({
          subject: `how long the answer with FAIL_POLICY=${policy} took`,
          expected: `at most ${AT_MOST} ms`,
          saw: `~${Math.round(reply.took)} ms`,
        })
    }
  }
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
