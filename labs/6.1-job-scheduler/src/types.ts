/** Shapes that the files of this lab share. Given: not yours to change. */

/** A job as it was accepted. Times are milliseconds since the epoch, by the clock of Redis. */
export interface JobInput {
  id: string
  tenant: string
  kind: string
  /** JSON text. */
  payload: string
  /** 0 to 9; 9 is the most urgent. */
  priority: number
  /** Not before this time; null: `delayMs` after it was accepted. */
  runAt: number | null
  delayMs: number
  /** Attempts that may begin before it is a dead letter. */
  maxAttempts: number
  /** First pause after a failed attempt, milliseconds; it doubles each time. */
  backoffMs: number
  /** Longest attempt, milliseconds of real time. */
  timeoutMs: number
}

export type State = 'waiting' | 'delayed' | 'active' | 'done' | 'dead' | 'cancelled'

/** What GET /jobs/:id shows; what does not apply is null. */
export interface Job {
  id: string
  tenant: string
  kind: string
  state: State
  priority: number
  attempts: number
  maxAttempts: number
  /** When it was accepted. */
  createdAt: number
  /** Delayed: when it may run (again). */
  runAt: number | null
  /** The worker that has it, or had it last. */
  worker: string | null
  /** The fencing token of the last attempt. */
  token: number | null
  /** Active: until when the worker may keep it without renewing. */
  leaseUntil: number | null
  /** What the last failed attempt said. */
  error: string | null
  result: string | null
  finishedAt: number | null
}

/** A job in a worker's hands. */
export interface Lease {
  id: string
  tenant: string
  kind: string
  payload: string
  /** 1 for the first. */
  attempt: number
  /** Greater than every token that was given out before. */
  token: number
  maxAttempts: number
  backoffMs: number
  timeoutMs: number
  /** Milliseconds between its being ready and this take, by the clock of Redis. */
  waitedMs: number
}

/** How an attempt ended: done, failed (try again while attempts are left), or dead (trying again is of no use). */
export type Ending =
  | { outcome: 'done'; text: string }
  | { outcome: 'failed'; text: string; pauseMs: number }
  | { outcome: 'dead'; text: string }

/** What a finished attempt is counted as. */
export type Outcome = 'done' | 'retried' | 'dead' | 'lost' | 'cancelled'

export type Counts = Record<'waiting' | 'delayed' | 'active' | 'dead', number>

/** A named schedule, as PUT /crons/:name gives it. */
export interface CronSpec {
  /** Five fields: minute hour day-of-month month day-of-week. */
  schedule: string
  /** IANA name, e.g. "Europe/Oslo". */
  timezone: string
  job: Omit<JobInput, 'id' | 'runAt' | 'delayMs'>
}

/** From the environment, read by config.ts. */
export interface Config {
  port: number
  name: string
  redisUrl: string
  keyPrefix: string
  /** How long a worker may keep a job without renewing, by the clock of Redis. */
  leaseMs: number
  /** How long a master leads without renewing, by the clock of Redis. */
  masterLeaseMs: number
  /** Jobs that one worker runs at once. */
  concurrency: number
  /** Real milliseconds between two looks at Redis when there is nothing to do. */
  pollMs: number
  /** A waiting job gains one priority for each of these. */
  agingMs: number
  /** Real milliseconds after which Redis counts as down. */
  redisTimeoutMs: number
}
