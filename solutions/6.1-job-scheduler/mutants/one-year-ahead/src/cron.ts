/** Schedules of five fields in a time zone. After crontab(5) of cronie, also in what happens when clocks are changed. */
import { localTimes } from './zone.ts'

export interface Schedule {
  minutes: number[]
  hours: number[]
  days: Set<number>
  months: Set<number>
  weekdays: Set<number>
  /** Both restricted: a day that matches either is a match (POSIX crontab). */
  eitherDay: boolean
  /** The hour field begins with *: the schedule follows the hours that pass, not the clock on the wall. */
  everyHour: boolean
}

const FIELDS = [
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of month', 1, 31],
  ['month', 1, 12],
  ['day of week', 0, 7],
] as const

const DAY = 86_400_000
/** Days to look ahead. */
const HORIZON = 366

function values(field: string, [name, least, most]: (typeof FIELDS)[number]): number[] {
  const found = new Set<number>()
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part)
    const step = Number(match?.[3] ?? 1)
    const from = Number(match?.[1] ?? least)
    const to = match?.[1] === undefined ? most : Number(match[2] ?? (match[3] ? most : from))
    if (!match || step < 1 || from < least || to > most || from > to)
      throw new RangeError(`${name} "${part}": a number ${least} to ${most}, a-b, *, each with /step, or a list of these`)
    for (let value = from; value <= to; value += step) found.add(value)
  }
  return [...found].sort((a, b) => a - b)
}

/**
 * Read a schedule: minute hour day-of-month month day-of-week (0 and 7 are Sunday).
 * @throws RangeError that names the field
 */
export function parseSchedule(text: string): Schedule {
  const fields = text.trim().split(/\s+/)
  if (fields.length !== 5) throw new RangeError(`schedule: five fields, not ${fields.length}`)
  const [minutes, hours, days, months, weekdays] = fields.map((field, i) => values(field, FIELDS[i]!)) as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ]
  return {
    minutes,
    hours,
    days: new Set(days),
    months: new Set(months),
    weekdays: new Set(weekdays.map(day => day % 7)),
    eitherDay: !fields[2]!.startsWith('*') && !fields[4]!.startsWith('*'),
    everyHour: fields[1]!.startsWith('*'),
  }
}

function matchesDay(schedule: Schedule, day: Date): boolean {
  if (!schedule.months.has(day.getUTCMonth() + 1)) return false
  const [date, weekday] = [schedule.days.has(day.getUTCDate()), schedule.weekdays.has(day.getUTCDay())]
  return schedule.eitherDay ? date || weekday : date && weekday
}

/** Instants of one local day, in order. A day is midnight UTC of the date that the wall shows. */
function timesOfDay(schedule: Schedule, zone: string, day: number): number[] {
  const times = new Set<number>()
  const local = localTimes(zone, day)
  for (const hour of schedule.hours)
    for (const minute of schedule.minutes) {
      const { instants, gapEnd } = local(hour, minute)
      if (schedule.everyHour) for (const instant of instants) times.add(instant)
      // Skipped by the clock: as soon as the clock goes on. Shown twice: the first time.
      else times.add(instants[0] ?? gapEnd!)
    }
  return [...times].sort((a, b) => a - b)
}

/**
 * The next `count` times after an instant, milliseconds since the epoch. Fewer when there are none within eight years (31 February).
 * @throws RangeError for a bad schedule, zone or instant
 */
export function nextTimes(text: string, zone: string, after: number, count: number): number[] {
  const schedule = parseSchedule(text)
  if (!Number.isFinite(after)) throw new RangeError('after: milliseconds since the epoch')
  const found: number[] = []
  // From two days before: no zone is further away from UTC.
  const first = Math.floor(after / DAY) * DAY - 2 * DAY
  localTimes(zone, first)
  for (let n = 0; n < HORIZON && found.length < count; n++) {
    const day = first + n * DAY
    if (!matchesDay(schedule, new Date(day))) continue
    for (const time of timesOfDay(schedule, zone, day)) if (time > after && time > (found.at(-1) ?? 0)) found.push(time)
  }
  return found.slice(0, count)
}

/** How far back to look for the latest time, the nearest first: enough for every schedule, and few steps for the frequent ones. */
const BACK = [2 * 3_600_000, 2 * DAY, 62 * DAY, 800 * DAY, HORIZON * DAY]

/** The latest time of a schedule in [from, now]; `from` is one. */
export function latestTime(text: string, zone: string, from: number, now: number): number {
  for (const back of BACK) {
    const start = Math.max(from - 1, now - back)
    let latest: number | undefined
    for (let next = nextTimes(text, zone, start, 1)[0]; next !== undefined && next <= now; next = nextTimes(text, zone, next, 1)[0])
      latest = next
    if (latest !== undefined) return latest
    if (start < from) break
  }
  return from
}
