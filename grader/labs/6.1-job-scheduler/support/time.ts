/** The clock of Redis, which is the only clock of this lab. */
import { eventually, fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import { soon } from './cluster.ts'

export const SECOND = 1000
export const MINUTE = 60_000
export const HOUR = 3_600_000

/** A clock that stands still until it is moved. Milliseconds since the epoch. */
export interface StillClock {
  now(): number
  advance(ms: number): Promise<void>
  set(ms: number): Promise<void>
}

/** Stop the server's clock at a whole millisecond. */
export async function freeze({ valkey }: Pick<KpiFixtures, 'valkey'>, at = 1_790_000_000_000): Promise<StillClock> {
  let now = at
  await valkey.clock.freeze(BigInt(now) * 1000n)
  const set = async (ms: number) => {
    now = ms
    await valkey.clock.set(BigInt(ms) * 1000n)
  }
  return { now: () => now, set, advance: ms => set(now + ms) }
}

/** "1 min 30 s", "250 ms" */
export function words(ms: number): string {
  if (ms < 0) return `-${words(-ms)}`
  if (ms < SECOND) return `${ms} ms`
  const parts = [
    [Math.floor(ms / HOUR), 'h'],
    [Math.floor((ms % HOUR) / MINUTE), 'min'],
    [(ms % MINUTE) / SECOND, 's'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

/** A time that differs from run to run: "~2.7 s". */
export const about = (ms: number): string => `~${(ms / SECOND).toFixed(1)} s`

/** Wait for a list to have so many entries; more than that is a failure at once. */
export const counts = (what: string, list: () => readonly string[], count: number, within = soon()): Promise<true> =>
  eventually(what, () => list().length >= count || fail({ expected: `${count}`, saw: `${list().length} (${list().join(' ')})` }), {
    within,
  }).then(() => {
    if (list().length > count) fail({ subject: what, expected: `${count}`, saw: `more than ${count}` })
    return true as const
  })
