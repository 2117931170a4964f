import { RateLimiterRedis } from 'rate-limiter-flexible'
import { compare, verdictOn } from '../../experiments/compare.ts'
import type { Limit } from '../../experiments/limits-oracle.ts'
import { did, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { openLua } from './support/lua.ts'

const LIMITS: Limit[] = [
  { algorithm: 'token-bucket', capacity: 1_000_000, refillPerSecond: 1000 },
  { algorithm: 'sliding-window-log', limit: 10_000, windowMs: 3_600_000 },
  { algorithm: 'sliding-window-counter', limit: 10_000, windowMs: 3_600_000 },
]
/** Decisions in one round; in flight at once. */
const ROUND = 40
/** Units that the window holds already. */
const FILLED = 3000
/** Of the peer's decisions per second. What works out its counts makes about a half; what reads a whole window makes a hundredth. */
const SHARE = 0.1

kpi('decisions-per-second', async ({ learner, valkey, cleanup }) => {
  for (const limit of LIMITS) {
    const lua = await openLua({ learner, valkey, cleanup }, limit.algorithm)
    const key = `${valkey.prefix}{speed}:${limit.algorithm}`
    const peer = new RateLimiterRedis({ storeClient: lua.redis, keyPrefix: `${valkey.prefix}peer`, points: 1_000_000, duration: 3600 })
    for (let units = 0; units < FILLED; units += 1000) await lua.ask([{ key, limit, cost: 1000 }])

    const perSecond = async (run: () => Promise<unknown>) => {
      const began = performance.now()
      await run()
      return (ROUND * 1000) / (performance.now() - began)
    }
    const so = await compare(
      () => perSecond(() => lua.ask(Array.from({ length: ROUND }, () => ({ key, limit, cost: 1 })))),
      () => perSecond(() => Promise.all(Array.from({ length: ROUND }, () => peer.consume('speed')))),
      { rounds: 15, enough: measured => verdictOn(measured, SHARE) !== 'undecided' },
    )
    did(
      `${FILLED} units were spent under ${limit.algorithm}; rate-limiter-flexible and your script then took turns on the same server, ${ROUND} decisions each.`,
    )
    const verdict = verdictOn(so, SHARE)
    if (verdict === 'undecided')
      inconclusive(`The ratio is between ${so.low.toFixed(2)} and ${so.high.toFixed(2)}; ${SHARE} is within that.`)
    if (verdict === 'missed')
      fail({
        subject: `decisions per second of ${lua.file}, as a share of rate-limiter-flexible's`,
        expected: `at least ${SHARE * 100} %`,
        saw: `~${(so.median * 100).toFixed(1)} %`,
      })
  }
})
