/** Shapes that the files of this lab share. Given: not yours to change. */

export type Algorithm = 'token-bucket' | 'sliding-window-log' | 'sliding-window-counter'

/** A tenant's limit, as it comes through `PUT /admin/limits/:tenant`. */
export type Limit =
  /** capacity: tokens, 1 to 1,000,000. refillPerSecond: tokens, 0.001 to 1,000,000, at most three decimals. */
  | { algorithm: 'token-bucket'; capacity: number; refillPerSecond: number }
  /** limit: requests in a window, 1 to 10,000. windowMs: 100 to 3,600,000. */
  | { algorithm: 'sliding-window-log' | 'sliding-window-counter'; limit: number; windowMs: number }

/** What a script answers, in its order. Times are microseconds. */
export interface Decision {
  allowed: boolean
  /** Whole units that are left after this decision. */
  remaining: number
  /** 0 when allowed; else how long until the same request would be let through, if nobody else asks; -1: never. */
  retryAfterMicros: number
  /** How long until nothing is left of what was spent. */
  resetMicros: number
  /** The time of the Redis server at which it was judged, since the epoch. */
  nowMicros: number
}

/** From the environment, read by config.ts. */
export interface Config {
  port: number
  nodeName: string
  redisUrl: string
  keyPrefix: string
  /** What happens to a request when Redis has not decided in time. */
  failPolicy: 'open' | 'closed'
  redisTimeoutMs: number
  /** For tenants without a limit of their own. */
  defaultLimit: Limit
}
