import type { Limit } from '../../experiments/limits-oracle.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { configure, quote, startNodes, statuses } from './support/nodes.ts'
import { letPass } from './support/time.ts'

const WINDOW = 100
const LIMITS: Limit[] = [
  { algorithm: 'token-bucket', capacity: 3, refillPerSecond: 3 / (WINDOW / 1000) },
  { algorithm: 'sliding-window-log', limit: 3, windowMs: WINDOW },
  { algorithm: 'sliding-window-counter', limit: 3, windowMs: WINDOW },
]

kpi('server-clock', async ({ learner, valkey, random }) => {
  // Thirty days back, at the start of a window: nothing that comes from a node's clock fits.
  const start = ((await valkey.clock.now()) / 60_000_000n) * 60_000_000n - 30n * 86_400_000_000n
  await valkey.clock.freeze(start)
  const nodes = await startNodes({ learner, valkey }, { count: 2 })
  const [one, two] = [nodes[0]!, nodes[1]!]

  const tenants = LIMITS.map(limit => ({ limit, tenant: `clock-${random.word(6)}` }))
  for (const { limit, tenant } of tenants) await configure(nodes, tenant, limit)
  /** Statuses of `count` requests in turn on both nodes; must be `expected` under each algorithm. */
  const all = async (count: number, expected: string) => {
    for (const { limit, tenant } of tenants) {
      const replies = []
      for (let i = 0; i < count; i++) replies.push(await quote(i % 2 === 0 ? one : two, tenant))
      expect(statuses(replies), `answers under ${limit.algorithm}`).toBe(expected)
    }
  }

  did(
    `3 requests in ${WINDOW} ms, two nodes: I stopped the clock of the Redis server, thirty days back, and asked 4 times under each algorithm.`,
  )
  await all(4, '200 200 200 429')
  await letPass(1.5 * WINDOW)
  did(`${1.5 * WINDOW} ms later by the nodes' clocks, 0 ms by the server's, I asked again.`)
  await all(2, '429 429')
  await valkey.clock.advance(2 * WINDOW)
  did(`I moved the server's clock by ${2 * WINDOW} ms, and asked 4 times.`)
  await all(4, '200 200 200 429')
})
