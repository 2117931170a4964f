/** Wall clocks of time zones. */

const formats = new Map<string, Intl.DateTimeFormat>()

/** Minutes east of UTC, as milliseconds. @throws RangeError for a zone that does not exist */
export function offsetAt(zone: string, instant: number): number {
  let format = formats.get(zone)
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    } catch {
      throw new RangeError(`timezone: there is no "${zone}"`)
    }
    formats.set(zone, format)
  }
  // "11/21/2026, GMT+05:45"; plain "GMT" at zero.
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(format.format(instant))!
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
}

/** What one wall time stands for: no instant in a gap, two in a repeat. */
export interface LocalTime {
  instants: number[]
  /** In a gap: the first instant after it. */
  gapEnd?: number
}

const HALF_DAY = 43_200_000

/**
 * The wall times of one date in a zone.
 * @param date midnight UTC of the date that the wall shows
 * @returns the instants at which the wall shows hour:minute
 */
export function localTimes(zone: string, date: number): (hour: number, minute: number) => LocalTime {
  // The offsets in force well before and well after that date; a zone does not change twice within these two days and a half.
  const before = offsetAt(zone, date - 3 * HALF_DAY)
  const after = offsetAt(zone, date + 4 * HALF_DAY)
  return (hour, minute) => {
    const wall = date + (hour * 60 + minute) * 60_000
    if (before === after) return { instants: [wall - before] }
    const instants = [...new Set([wall - before, wall - after])].filter(instant => instant + offsetAt(zone, instant) === wall)
    if (instants.length > 0) return { instants: instants.sort((a, b) => a - b) }
    return { instants, gapEnd: change(zone, wall - after, wall - before) }
  }
}

/** The first minute in (low, high] at which the offset is another than at `low`. */
function change(zone: string, low: number, high: number): number {
  const before = offsetAt(zone, low)
  let [same, other] = [low, high]
  while (other - same > 60_000) {
    const middle = Math.floor((same + other) / 120_000) * 60_000
    if (offsetAt(zone, middle) === before) same = middle
    else other = middle
  }
  return other
}
