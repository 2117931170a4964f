import { faultProxy } from '../../experiments/fault-proxy.ts'
import type { Limit } from '../../experiments/limits-oracle.ts'
import { quantile, type Sample, type Scrape, scrape } from '../../experiments/metrics.ts'
import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { configure, quote, startNodes } from './support/nodes.ts'

const LIMITS: Limit[] = [
  { algorithm: 'token-bucket', capacity: 5, refillPerSecond: 0.001 },
  { algorithm: 'sliding-window-log', limit: 4, windowMs: 3_600_000 },
  { algorithm: 'sliding-window-counter', limit: 3, windowMs: 3_600_000 },
]
const ASKED = 7

const bound = (sample: Sample): number => Number(sample.labels['le']?.replace('+Inf', 'Infinity'))

kpi('metrics', async ({ learner, valkey, timeline, cleanup }) => {
  const link = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: 'link to Redis' })
  cleanup(() => link.close())
  const redisUrl = `redis://${valkey.user}:${valkey.password}@127.0.0.1:${link.port}`
  const [node] = await startNodes({ learner, valkey }, { redisUrl, env: { REDIS_TIMEOUT_MS: '1000' } })
  const decided = (page: Scrape, algorithm: string, outcome: string) => page.sum('ratelimit_decisions_total', { algorithm, outcome })

  did(`I asked ${ASKED} times under each algorithm, with limits of 5, 4 and 3, and read /metrics.`)
  for (const limit of LIMITS) {
    await configure([node!], `m-${limit.algorithm}`, limit)
    for (let i = 0; i < ASKED; i++) await quote(node!, `m-${limit.algorithm}`)
  }
  const page = await scrape(node!.url)
  for (const limit of LIMITS) {
    const most = limit.algorithm === 'token-bucket' ? limit.capacity : limit.limit
    const name = (outcome: string) => `ratelimit_decisions_total{algorithm="${limit.algorithm}",outcome="${outcome}"}`
    expect(decided(page, limit.algorithm, 'allowed'), name('allowed')).toBe(most)
    expect(decided(page, limit.algorithm, 'denied'), name('denied')).toBe(ASKED - most)
  }
  expect(page.types.get('ratelimit_decisions_total') ?? 'none', 'TYPE of ratelimit_decisions_total').toBe('counter')
  expect(page.types.get('ratelimit_decision_seconds') ?? 'none', 'TYPE of ratelimit_decision_seconds').toBe('histogram')
  const buckets = page.samples.filter(sample => sample.name === 'ratelimit_decision_seconds_bucket').sort((a, b) => bound(a) - bound(b))
  if (buckets.some((bucket, i) => bucket.value < (buckets[i - 1]?.value ?? 0)))
    fail({
      subject: 'ratelimit_decision_seconds_bucket, from the smallest le up',
      expected: 'each counts everything up to its bound: none is below the one before',
      saw: `~${buckets.map(bucket => bucket.value).join(' ')}`,
    })
  quantile(page, 'ratelimit_decision_seconds', 0.5)
  expect(page.sum('ratelimit_decision_seconds_count'), 'ratelimit_decision_seconds_count').toBe(3 * ASKED)
  expect(page.sum('ratelimit_decision_seconds_sum'), 'ratelimit_decision_seconds_sum, in seconds').toBeLessThan(3 * ASKED * 5)
  expect(page.sum('ratelimit_decision_seconds_sum'), 'ratelimit_decision_seconds_sum').toBeGreaterThan(0)
  expect(page.has('ratelimit_errors_total') ? page.sum('ratelimit_errors_total') : 'not there', 'ratelimit_errors_total').toBe(0)
  expect(page.has('ratelimit_redis_up') ? page.sum('ratelimit_redis_up') : 'not there', 'ratelimit_redis_up').toBe(1)

  did('30 more tenants asked.')
  for (let i = 0; i < 30; i++) await quote(node!, `more-${i}`)
  expect((await scrape(node!.url)).samples.length, 'lines of /metrics: a label with the tenant in it grows without bound').toBe(
    page.samples.length,
  )

  link.cut()
  did('I cut the connection to Redis and asked 3 times.')
  for (let i = 0; i < 3; i++) await quote(node!, 'm-token-bucket')
  await eventually('/metrics tells of it', async () => {
    const now = await scrape(node!.url)
    expect(now.sum('ratelimit_redis_up'), 'ratelimit_redis_up').toBe(0)
    expect(now.sum('ratelimit_errors_total'), 'ratelimit_errors_total').toBe(3)
    return true
  })
  link.heal()
  did('I mended it.')
  await eventually('/metrics tells of it', async () => {
    expect((await scrape(node!.url)).sum('ratelimit_redis_up'), 'ratelimit_redis_up').toBe(1)
    return true
  })
})
