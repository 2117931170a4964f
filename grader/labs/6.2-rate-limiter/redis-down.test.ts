import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import type { Program } from '../../learner/types.ts'
import { quote, type Reply, startNodes } from './support/nodes.ts'

/** Milliseconds: what the contract grants, whatever the machine is doing. */
const AT_MOST = 2000
const described = (reply: Reply): string =>
  [
    `${reply.status}`,
    reply.headers['ratelimit'] ? 'with RateLimit' : 'without RateLimit',
    reply.status === 503 ? `Retry-After: ${reply.headers['retry-after'] ?? 'none'}` : '',
  ]
    .filter(Boolean)
    .join(', ')

kpi('redis-down', async ({ learner, valkey }) => {
  const limit = { algorithm: 'token-bucket' as const, capacity: 1000, refillPerSecond: 1 }
  const start = (name: string, FAIL_POLICY: string, ready?: { kind: 'port' }) =>
    startNodes({ learner, valkey }, { limit, names: [name], env: { FAIL_POLICY, REDIS_TIMEOUT_MS: '1000' }, ...(ready ? { ready } : {}) })
  const [[open], [closed]] = (await Promise.all([start('open', 'open'), start('closed', 'closed')])) as [[Program], [Program]]
  const judge = async (node: Program, what: string, expected: string) => {
    const replies = await Promise.all(Array.from({ length: 3 }, () => quote(node, 'acme', 1, 2 * AT_MOST)))
    for (const reply of replies) {
      if (described(reply) !== expected) fail({ subject: `the answer of a node with ${what}`, expected, saw: described(reply) })
      if (reply.took > AT_MOST)
        fail({
          subject: `how long a node with ${what} took`,
          expected: `at most ${AT_MOST} ms (REDIS_TIMEOUT_MS is 1000)`,
          saw: `~${Math.round(reply.took)} ms`,
        })
    }
  }

  did('Two nodes, FAIL_POLICY open and closed. With Redis there, I asked both.')
  await judge(open, 'FAIL_POLICY=open', '200, with RateLimit')
  await judge(closed, 'FAIL_POLICY=closed', '200, with RateLimit')

  await valkey.kill()
  did('I killed Redis (kill -9) and asked both three times.')
  await judge(open, 'FAIL_POLICY=open', '200, without RateLimit')
  await judge(closed, 'FAIL_POLICY=closed', '503, without RateLimit, Retry-After: 1')

  did('I started a third node while Redis was gone, and asked it.')
  const [late] = (await start('late', 'closed', { kind: 'port' })) as [Program]
  await judge(late, 'FAIL_POLICY=closed that was started without Redis', '503, without RateLimit, Retry-After: 1')

  await valkey.start()
  did('I started Redis again.')
  for (const [node, name] of [
    [open, 'the open node'],
    [closed, 'the closed node'],
    [late, 'the late node'],
  ] as const)
    await eventually(`${name} decides by Redis again`, async () => {
      const reply = await quote(node, 'acme')
      expect(described(reply), 'its answer').toBe('200, with RateLimit')
      return true
    })
})
