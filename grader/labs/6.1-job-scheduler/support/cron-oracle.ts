/**
 * What a schedule means, by brute force: look at the wall clock of every minute that passes. Slow, and free of the clever ideas that the
 * lab's programs need. Rules: crontab(5) of cronie, and its cron(8) for changed clocks; see the lesson's contract.
 */
import type { Random } from '../../../kpi/types.ts'

const MINUTE = 60_000
const QUARTER = 15 * MINUTE
const DAY = 1440 * MINUTE

const formats = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, number>()

/** Minutes that the wall clock of a zone is ahead of UTC. Zones change at full quarters of an hour, so one look a quarter is enough. */
function ahead(zone: string, at: number): number {
  const quarter = Math.floor(at / QUARTER) * QUARTER
  const key = `${zone}@${quarter}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  let format = formats.get(zone)
  if (!format) {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...fields })
    formats.set(zone, format)
  }
  const part = Object.fromEntries(format.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]))
  const wall = Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'])
  const minutes = (wall - quarter) / MINUTE
  offsets.set(key, minutes)
  return minutes
}

function member(field: string, value: number, least: number, most: number): boolean {
  return field.split(',').some(part => {
    const [range = '', step = '1'] = part.split('/')
    const [from, to] = range === '*' ? [least, most] : range.includes('-') ? range.split('-').map(Number) : [Number(range), Number(range)]
    const last = part.includes('/') && range !== '*' && !range.includes('-') ? most : to!
    return value >= from! && value <= last && (value - from!) % Number(step) === 0
  })
}

/** Does the wall, given as UTC fields, match the five fields? */
function matches(fields: string[], wall: Date): boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields
  if (!member(minute, wall.getUTCMinutes(), 0, 59) || !member(hour, wall.getUTCHours(), 0, 23)) return false
  if (!member(month, wall.getUTCMonth() + 1, 1, 12)) return false
  const byDate = member(day, wall.getUTCDate(), 1, 31)
  const byName = member(weekday, wall.getUTCDay(), 0, 7) || (wall.getUTCDay() === 0 && member(weekday, 7, 0, 7))
  return day.startsWith('*') || weekday.startsWith('*') ? byDate && byName : byDate || byName
}

/** Every time of a schedule in (after, until], in order. */
export function timesBetween(schedule: string, zone: string, after: number, until: number): number[] {
  const fields = schedule.split(' ')
  const everyHour = fields[1]!.startsWith('*')
  const found: number[] = []
  let furthest = Number.NEGATIVE_INFINITY
  for (let at = Math.floor((after - DAY) / MINUTE) * MINUTE; at <= until; at += MINUTE) {
    const wall = at + ahead(zone, at) * MINUTE
    const due: boolean[] = []
    if (everyHour) due.push(matches(fields, new Date(wall)))
    else {
      // Minutes that the wall has never shown are due now; those that it shows for the second time are not.
      const from = Number.isFinite(furthest) ? furthest + MINUTE : wall
      for (let label = from; label <= wall; label += MINUTE) due.push(matches(fields, new Date(label)))
    }
    furthest = Math.max(furthest, wall)
    if (at > after && due.includes(true)) found.push(at)
  }
  return found
}

export interface Change {
  zone: string
  /** First instant with the new offset. */
  at: number
  /** Minutes by which the wall goes on (gap, positive) or back (repeat, negative). */
  by: number
}

/** Where the clocks of a zone are changed within a year. */
export function changesIn(zone: string, year: number): Change[] {
  const found: Change[] = []
  const start = Date.UTC(year, 0, 1)
  for (let day = start; day < start + 366 * DAY; day += DAY) {
    if (ahead(zone, day) === ahead(zone, day + DAY)) continue
    for (let at = day + QUARTER; at <= day + DAY; at += QUARTER) {
      const by = ahead(zone, at) - ahead(zone, at - QUARTER)
      if (by !== 0) found.push({ zone, at, by })
    }
  }
  return found
}

/** "Sun 29 Mar 03:00 (+02:00)": the wall of a zone. */
export function wallOf(zone: string, at: number): string {
  const minutes = ahead(zone, at)
  const wall = new Date(at + minutes * MINUTE).toUTCString()
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${wall.slice(0, 3)} ${wall.slice(5, 11)} ${wall.slice(17, 22)} (${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)})`
}

/** The wall's hour and minute at an instant, under the offset of another instant. */
export function wallFields(zone: string, at: number, offsetOf = at): { hour: number; minute: number } {
  const wall = new Date(at + ahead(zone, offsetOf) * MINUTE)
  return { hour: wall.getUTCHours(), minute: wall.getUTCMinutes() }
}

/** A random schedule that runs at least now and then. */
export function randomSchedule(random: Random): string {
  const list = (least: number, most: number) =>
    [...new Set(Array.from({ length: random.int(1, 3) }, () => random.int(least, most)))].sort((a, b) => a - b).join(',')
  const range = (least: number, most: number) => {
    const from = random.int(least, most - 1)
    return `${from}-${random.int(from + 1, most)}`
  }
  const minute = random.pick(['*', `*/${random.int(2, 30)}`, list(0, 59), range(0, 59), `${random.int(0, 9)}-59/${random.int(5, 20)}`])
  const hour = random.pick(['*', `*/${random.int(2, 11)}`, list(0, 23), range(0, 23)])
  const [day, weekday] = random.pick([
    ['*', '*'],
    [list(1, 28), '*'],
    ['*', random.pick([range(0, 7), list(0, 7), '7'])],
    [list(1, 28), String(random.int(0, 6))],
  ] as const)
  return [minute, hour, day, random.next() < 0.8 ? '*' : range(1, 12), weekday].join(' ')
}
