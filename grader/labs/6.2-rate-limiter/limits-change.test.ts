import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import type { Program } from '../../learner/types.ts'
import { configure, quote, type Reply, send, startNodes } from './support/nodes.ts'

const quota = (reply: Reply): string =>
  /;\s*q=(\d+)/.exec(reply.headers['ratelimit-policy'] ?? '')?.[1] ?? `no q in RateLimit-Policy (${reply.status})`
const bucket = (capacity: number) => ({ algorithm: 'token-bucket' as const, capacity, refillPerSecond: 0.001 })

kpi('limits-change', async ({ learner, valkey, engine, random }) => {
  if (engine === 'embedded') await valkey.clock.freeze()
  const all = await startNodes({ learner, valkey }, { count: 4, limit: bucket(4) })
  const nodes = all.slice(0, 3)
  const [one, two, three, fourth] = all as [Program, Program, Program, Program]
  const tenant = `change-${random.word(6)}`
  // A request that can never pass takes nothing and shows which limit a node applies.
  const applied = async (node: Program) => quota(await quote(node, tenant, 1000))
  const obey = (capacity: number) =>
    eventually(
      'the limit that every node applies (q in RateLimit-Policy)',
      async () => {
        const seen = await Promise.all(nodes.map(applied))
        expect(seen.join(' '), 'q').toBe(nodes.map(() => capacity).join(' '))
        return true
      },
      { within: 3000 },
    )
  const through = async (count: number) => {
    let passed = 0
    for (let i = 0; i < count; i++) if ((await quote(nodes[i % 3]!, tenant)).status === 200) passed++
    return passed
  }

  did('3 nodes, a default limit of 4: I asked 3 times, once on each.')
  expect(await through(3), 'requests let through').toBe(3)

  await configure([one], tenant, bucket(8))
  expect(await applied(one), 'the limit that the node itself applies after its PUT (q in RateLimit-Policy)').toBe('8')
  did('I set the limit to 8 on node-1, and waited until all nodes apply it.')
  await obey(8)
  did('3 of 8 are spent. I asked 9 times, in turn on all nodes.')
  expect(await through(9), 'requests let through').toBe(5)

  did('I removed the limit on node-2: the default of 4 holds again, and more than that is spent.')
  const removed = await send(two, 'DELETE', `/admin/limits/${tenant}`)
  expect(removed.status, 'DELETE /admin/limits/:tenant').toBe(200)
  await obey(4)
  expect(await through(3), 'requests let through').toBe(0)

  did('I set the limit to 11 on node-3: 8 are spent, 3 are left.')
  await configure([three], tenant, bucket(11))
  await obey(11)
  expect(await through(6), 'requests let through').toBe(3)

  did('I asked a fourth node, which had never heard of this tenant.')
  expect(await applied(fourth), 'the limit that it applies (q in RateLimit-Policy)').toBe('11')
  expect((await quote(fourth, tenant)).status, 'its answer').toBe(429)
})
