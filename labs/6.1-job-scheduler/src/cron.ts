/** Schedules of five fields in a time zone. */
import { NotYet } from './errors.ts'

/**
 * Step 11: the next `count` times after an instant, milliseconds since the epoch, in order. Fewer when there are none within eight
 * years (31 February).
 * @throws RangeError that names the field, or the zone
 */
export function nextTimes(_schedule: string, _zone: string, _after: number, _count: number): number[] {
  throw new NotYet('src/cron.ts')
}
