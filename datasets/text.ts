/** Numbers and times as text, without locale and without binary fractions: decimals are scaled integers. */

/** A scaled integer as a decimal: `decimal(-5, 2)` is `-0.05`. `digits` ≥ 1. */
export function decimal(scaled: number, digits: number): string {
  const text = String(Math.abs(scaled)).padStart(digits + 1, '0')
  return `${scaled < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

let cachedSecond = Number.NaN
let cachedPrefix = ''

/** `2026-03-02T06:00:00` for seconds since 1970-01-01T00:00:00Z. The last answer is kept: readings come in runs of one second. */
function prefix(second: number): string {
  if (second !== cachedSecond) {
    cachedSecond = second
    cachedPrefix = new Date(second * 1000).toISOString().slice(0, 19)
  }
  return cachedPrefix
}

/** ISO 8601 in UTC, whole seconds: `2026-03-02T06:00:00Z`. */
export function isoSeconds(second: number): string {
  return `${prefix(second)}Z`
}

/** ISO 8601 in UTC with milliseconds: `2026-03-02T06:00:00.123Z`. */
export function isoMillis(ms: number): string {
  const second = Math.floor(ms / 1000)
  return `${prefix(second)}.${String(ms - second * 1000).padStart(3, '0')}Z`
}

/** The UTC calendar day of a time in seconds: `2026-03-02`. */
export function isoDay(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 10)
}

/** `17` as `V-0017` with width 4. */
export function code(letter: string, number: number, width: number): string {
  return `${letter}-${String(number).padStart(width, '0')}`
}

/** One CSV field (RFC 4180): quoted when it holds a comma, a quote, CR or LF; null is the empty field. */
export function csvField(value: string | null): string {
  if (value === null) return ''
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
