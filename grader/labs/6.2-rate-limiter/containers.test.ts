import { did, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { configure, counts, quote, startNodes } from './support/nodes.ts'

/** Needs docker: the same claim as no-race, against the Redis image that the compose file names instead of the embedded server. */
kpi('containers', async ({ learner, valkey, engine, random }) => {
  if (engine !== 'docker') inconclusive('This KPI is about the Redis of the compose file; run it with --engine docker.')
  const limit = { algorithm: 'token-bucket' as const, capacity: 50, refillPerSecond: 0.001 }
  const nodes = await startNodes({ learner, valkey }, { count: 4 })
  const tenant = `containers-${random.word(6)}`
  await configure(nodes, tenant, limit)
  const replies = await Promise.all(Array.from({ length: 400 }, (_, i) => quote(nodes[i % 4]!, tenant)))
  did('4 nodes, a limit of 50; I asked 400 times at once.')
  expect(counts(replies), 'answers').toBe('50 × 200, 350 × 429')
  await valkey.restart()
  did('I restarted Redis.')
  expect((await quote(nodes[0]!, tenant)).status === 500, 'a node that answers 500').toBe(false)
})
