/** What a rate limiter has to answer, in exact arithmetic: the oracle that lab 6.2's scripts are held against. */

export type Algorithm = 'token-bucket' | 'sliding-window-log' | 'sliding-window-counter'
export type Limit =
  | { algorithm: 'token-bucket'; capacity: number; refillPerSecond: number }
  | { algorithm: 'sliding-window-log' | 'sliding-window-counter'; limit: number; windowMs: number }

/** Times in microseconds. */
export interface Verdict {
  allowed: boolean
  remaining: number
  /** 0 when allowed, -1 when the cost is more than there can ever be. */
  retryAfter: bigint
  reset: bigint
  /** The time judged at: the given one, or that of the last allowed request if this was later. */
  now: bigint
}

/** One tenant's state under one algorithm. */
export interface LimitsOracle {
  /** Judge a request at `now` (microseconds since the epoch); spends when it is allowed. */
  decide(limit: Limit, cost: number, now: bigint): Verdict
  /** Like `decide`, but nothing is spent. */
  peek(limit: Limit, cost: number, now: bigint): Verdict
}

/** Everything between "what is spent at a time" and a verdict is the same for the three. */
interface Model {
  /** Scaled units in use at `now`. */
  used(now: bigint): bigint
  spend(cost: bigint, now: bigint): void
  /** Scaled units of one request unit. */
  unit: bigint
  last: bigint
}

/** Smallest d >= 0 for which `holds(d)`; `holds` is monotonic. */
function smallest(holds: (d: bigint) => boolean): bigint {
  if (holds(0n)) return 0n
  let high = 1n
  while (!holds(high)) high *= 2n
  let low = high / 2n
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

/**
 * Waiting times are found by asking the same question later (bisection), not by a second formula: they are right if the count is.
 * Sources: token bucket as in RFC 2697 §3 (a bucket that is refilled continuously, here in billionths of a token); sliding window counter as
 * described by Cloudflare, "How we built rate limiting capable of scaling to millions of domains" (2017).
 */
export function limitsOracle(): LimitsOracle {
  const models: Partial<Record<string, Model>> = {}
  let parameters: Limit
  const modelOf = (limit: Limit): Model => {
    parameters = limit
    const key = limit.algorithm === 'token-bucket' ? limit.algorithm : `${limit.algorithm}:${limit.windowMs}`
    const rate = () => BigInt(Math.round((parameters as { refillPerSecond: number }).refillPerSecond * 1000))
    if (limit.algorithm === 'token-bucket') return (models[key] ??= bucket(rate))
    return (models[key] ??=
      limit.algorithm === 'sliding-window-log' ? log(BigInt(limit.windowMs) * 1000n) : counter(BigInt(limit.windowMs) * 1000n))
  }
  const judge = (limit: Limit, cost: number, clock: bigint, spend: boolean): Verdict => {
    const model = modelOf(limit)
    const now = clock > model.last ? clock : model.last
    const most = BigInt(limit.algorithm === 'token-bucket' ? limit.capacity : limit.limit) * model.unit
    const wanted = BigInt(cost) * model.unit
    const fits = (at: bigint) => model.used(at) + wanted <= most
    const allowed = fits(now)
    const retryAfter = allowed ? 0n : wanted > most ? -1n : smallest(d => fits(now + d))
    if (allowed && spend) model.spend(BigInt(cost), now)
    const left = most - model.used(now)
    return {
      allowed,
      remaining: left < 0n ? 0 : Number(left / model.unit),
      retryAfter,
      reset: smallest(d => model.used(now + d) === 0n),
      now,
    }
  }
  return { decide: (limit, cost, now) => judge(limit, cost, now, true), peek: (limit, cost, now) => judge(limit, cost, now, false) }
}

function bucket(rate: () => bigint): Model {
  const unit = 1_000_000_000n
  let spent = 0n
  const model: Model = {
    unit,
    last: 0n,
    // A rate of thousandths of a token a second gives back so many billionths in a microsecond.
    used: now => {
      const left = spent - (now - model.last) * rate()
      return left > 0n ? left : 0n
    },
    spend(cost, now) {
      spent = model.used(now) + cost * unit
      model.last = now
    },
  }
  return model
}

function log(window: bigint): Model {
  const entries: { at: bigint; cost: bigint }[] = []
  const model: Model = {
    unit: 1n,
    last: 0n,
    used: now => entries.reduce((sum, entry) => (entry.at > now - window ? sum + entry.cost : sum), 0n),
    spend(cost, now) {
      entries.push({ at: now, cost })
      model.last = now
    },
  }
  return model
}

function counter(window: bigint): Model {
  const counts = new Map<bigint, bigint>()
  const model: Model = {
    unit: window,
    last: 0n,
    used: now => {
      const index = now / window
      return (counts.get(index) ?? 0n) * window + (counts.get(index - 1n) ?? 0n) * (window - (now % window))
    },
    spend(cost, now) {
      const index = now / window
      counts.set(index, (counts.get(index) ?? 0n) + cost)
      model.last = now
    },
  }
  return model
}
