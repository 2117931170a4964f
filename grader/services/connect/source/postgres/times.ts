/** PostgreSQL's ISO texts of dates and times as numbers. */

/** What Debezium writes for `infinity` (microseconds). */
const INFINITY = 9_223_372_036_825_200_000n
const FORMAT = /^(\d{4,6})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:[+-][\d:]+)?)?( BC)?$/

/** Microseconds since 1970 of a date, timestamp or (in a session at UTC) timestamptz. */
export function micros(text: string): bigint {
  if (text === 'infinity') return INFINITY
  if (text === '-infinity') return -INFINITY
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '', bc] = FORMAT.exec(text) ?? []
  const date = new Date(0)
  date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second))
  return BigInt(date.getTime()) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

/** Whole days since 1970. */
export const days = (text: string): number => Number(micros(text) / 86_400_000_000n)

/** Microseconds since midnight of "hh:mm:ss.ffffff". */
export function microsOfDay(text: string): bigint {
  const [, hour = '0', minute = '0', second = '0', fraction = ''] = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?/.exec(text) ?? []
  return ((BigInt(hour) * 60n + BigInt(minute)) * 60n + BigInt(second)) * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
}

/** "2026-01-02 03:04:05.6+00" → "2026-01-02T03:04:05.600000Z", as Debezium's ZonedTimestamp. */
export function zoned(text: string): string {
  const [, date, time, fraction] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(text) ?? []
  return date ? `${date}T${time}.${(fraction ?? '').padEnd(6, '0')}Z` : text
}

/** "1 year 2 mons 3 days 04:05:06.7" in microseconds, a month being 30.4375 days, as Debezium counts. */
export function intervalMicros(text: string): bigint {
  const part = (unit: string) => Number(new RegExp(`(-?\\d+) ${unit}`).exec(text)?.[1] ?? 0)
  const [, sign = '', clock = '00:00:00'] = /([+-]?)(\d+:\d\d:\d\d(?:\.\d+)?)/.exec(text) ?? []
  const [hours = '0', minutes = '0', seconds = '0'] = clock.split(':')
  const time = (Number(hours) * 3600 + Number(minutes) * 60) * 1e6 + Math.round(Number(seconds) * 1e6)
  const months = part('years?') * 12 + part('mons?')
  return (
    BigInt(Math.round(months * 30.4375 * 86_400_000_000)) + BigInt(part('days?')) * 86_400_000_000n + BigInt(sign === '-' ? -time : time)
  )
}
