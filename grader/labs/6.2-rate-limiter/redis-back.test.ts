import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { counts, quote, startNodes } from './support/nodes.ts'
import { letPass } from './support/time.ts'

const CAPACITY = 10

kpi('redis-back', async ({ learner, valkey, engine, random }) => {
  const limit = { algorithm: 'token-bucket' as const, capacity: CAPACITY, refillPerSecond: 0.001 }
  if (engine === 'embedded') await valkey.clock.freeze()
  const nodes = await startNodes({ learner, valkey }, { count: 2, limit, env: { REDIS_TIMEOUT_MS: '2000' } })
  const crowd = async (tenant: string) =>
    counts(await Promise.all(Array.from({ length: 2 * CAPACITY }, (_, i) => quote(nodes[i % 2]!, tenant))))
  const exactly = `${CAPACITY} × 200, ${CAPACITY} × 429`

  did(`2 nodes, FAIL_POLICY=closed, a limit of ${CAPACITY}; I asked ${2 * CAPACITY} times at once.`)
  expect(await crowd(`first-${random.word(5)}`), 'answers').toBe(exactly)

  await valkey.admin.script('FLUSH')
  did(`I emptied the server's script cache (SCRIPT FLUSH) and asked ${2 * CAPACITY} times at once for another tenant.`)
  expect(await crowd(`flushed-${random.word(5)}`), 'answers').toBe(exactly)

  await valkey.kill()
  did('I took Redis away for 0.9 s. Each node was asked every 100 ms meanwhile.')
  const meanwhile: Promise<unknown>[] = []
  for (let i = 0; i < 9; i++) {
    for (const node of nodes) meanwhile.push(quote(node, 'meanwhile').catch(() => {}))
    await letPass(100)
  }
  await valkey.start()
  await Promise.all(meanwhile)
  did('I started it again, empty.')
  for (const node of nodes)
    await eventually(`${node.name} decides by Redis again`, async () => {
      expect((await quote(node, `again-${random.word(5)}`)).status, 'its answer').toBe(200)
      return true
    })
  did(`I asked ${2 * CAPACITY} times at once for a third tenant.`)
  expect(await crowd(`back-${random.word(5)}`), 'answers').toBe(exactly)
})
