/** Named schedules in Redis. */
import type { Redis } from 'ioredis'
import { latestTime, nextTimes } from './cron.ts'
import { BadRequest } from './errors.ts'
import { stored } from './queue.ts'
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

/** Far enough away to be never: the year 9999. */
const NEVER = 253_370_764_800_000

/** Crons, over the scripts in src/lua. */
export function createCrons(redis: Redis, scripts: Scripts, config: Config): Crons {
  const key = (name: string) => `${scripts.base}cron:${name}`
  return {
    async put(name, spec) {
      const [seconds] = await redis.time()
      const [next] = nextTimes(spec.schedule, spec.timezone, Number(seconds) * 1000, 1)
      if (next === undefined) throw new BadRequest('this schedule never runs')
      return Number(await scripts.run('put-cron', name, JSON.stringify(spec), next))
    },
    async get(name) {
      const { spec, next } = await redis.hgetall(key(name))
      return spec === undefined ? null : { ...(JSON.parse(spec) as CronSpec), next: Number(next) }
    },
    async remove(name) {
      const results = await redis.multi().del(key(name)).zrem(`${scripts.base}crons`, name).exec()
      return results?.[0]?.[1] === 1
    },
    async fire(epoch, due, now) {
      const { schedule, timezone, job } = JSON.parse(due.spec) as CronSpec
      // The master may have been away for days: one run, for the latest time that was missed.
      const at = latestTime(schedule, timezone, due.next, now)
      const next = nextTimes(schedule, timezone, now, 1)[0] ?? NEVER
      const made = stored({ ...job, id: `cron:${due.name}:${at}`, runAt: at, delayMs: 0 }, config)
      if ((await scripts.run('fire', epoch, due.name, due.next, next, made)) === 1) await scripts.run('submit', made)
    },
  }
}
