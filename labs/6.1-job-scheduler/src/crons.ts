/** Named schedules in Redis. */
import type { Redis } from 'ioredis'
import { NotYet } from './errors.ts'
import type { Scripts } from './scripts.ts'
import type { Config, CronSpec } from './types.ts'

export interface Crons {
  /** Store a schedule; resolves with its next time. Throws BadRequest for one that never runs, RangeError for a bad one. */
  put(name: string, spec: CronSpec): Promise<number>
  get(name: string): Promise<(CronSpec & { next: number }) | null>
  remove(name: string): Promise<boolean>
  /** Make the job of a cron that is due, for the latest time that has come, as the leader of an epoch. */
  fire(epoch: number, due: { name: string; spec: string; next: number }, now: number): Promise<void>
}

/** Step 11. */
export function createCrons(_redis: Redis, _scripts: Scripts, _config: Config): Crons {
  const notYet = async () => {
    throw new NotYet('src/crons.ts')
  }
  return { put: notYet, get: notYet, remove: notYet, fire: notYet }
}
