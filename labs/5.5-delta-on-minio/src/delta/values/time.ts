const DAY_MS = 86_400_000
const MIN_DAYS = Date.parse('0001-01-01T00:00:00Z') / DAY_MS
const MAX_DAYS = Date.parse('9999-12-31T00:00:00Z') / DAY_MS
const DAY_US = 86_400_000_000n

/** Days since 1970-01-01 of 'YYYY-MM-DD' or of a Date's day in UTC. Throws `RangeError`; years 0001 to 9999. */
export function toDays(value: unknown): number {
  if (value instanceof Date) return checkDays(Math.floor(value.getTime() / DAY_MS))
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) throw new RangeError(`is not a date like '2024-01-31'`)
  const days = checkDays(Date.parse(`${value}T00:00:00Z`) / DAY_MS)
  if (fromDays(days) !== value) throw new RangeError(`is no day of the calendar`)
  return days
}

/** 'YYYY-MM-DD'. */
export const fromDays = (days: number): string => new Date(days * DAY_MS).toISOString().slice(0, 10)

/**
 * Microseconds since 1970-01-01T00:00:00Z of a Date, of a bigint that is that already, or of ISO 8601 text with up to six
 * digits of a second. Text without a zone is taken as UTC. Throws `RangeError`; years 0001 to 9999.
 */
export function toMicros(value: unknown): bigint {
  if (typeof value === 'bigint') return checkMicros(value)
  if (value instanceof Date && !Number.isNaN(value.getTime())) return checkMicros(BigInt(value.getTime()) * 1000n)
  const parts =
    typeof value === 'string' &&
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?)?\s?(?:Z|UTC|([+-]\d{2}):?(\d{2}))?$/.exec(value)
  if (!parts) throw new RangeError(`is not a time like '2024-01-31T12:00:00.123456Z'`)
  const [, day, hour = '0', minute = '0', second = '0', fraction = '', zoneHour = '+0', zoneMinute = '0'] = parts
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) throw new RangeError(`is no time of day`)
  if (/[1-9]/.test(fraction.slice(6))) throw new RangeError(`is finer than a microsecond`)
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  const zone = (Math.abs(Number(zoneHour)) * 60 + Number(zoneMinute)) * (zoneHour.startsWith('-') ? -60 : 60)
  return checkMicros(BigInt(toDays(day)) * DAY_US + BigInt(seconds - zone) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0')))
}

/** 'YYYY-MM-DDTHH:MM:SS.ssssssZ': always six digits, so that text sorts as time does. */
export function fromMicros(micros: bigint): string {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = Number((micros - rest) / 1_000_000n)
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${rest.toString().padStart(6, '0')}Z`
}

/** The days themselves. Throws `RangeError` outside the years 0001 to 9999. */
export function checkDays(days: number): number {
  if (!(days >= MIN_DAYS && days <= MAX_DAYS)) throw new RangeError(`is not between 0001-01-01 and 9999-12-31`)
  return days
}

/** The microseconds themselves. Throws `RangeError` outside the years 0001 to 9999. */
export function checkMicros(micros: bigint): bigint {
  if (micros < BigInt(MIN_DAYS) * DAY_US || micros >= BigInt(MAX_DAYS + 1) * DAY_US)
    throw new RangeError(`is not in the years 0001 to 9999`)
  return micros
}
