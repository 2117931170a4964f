/** What a field's bytes are: the narrowest kind that fits. No strings are made: this runs for every field of every row. */

export const NULL = 0
export const INTEGER = 1
export const BIGINT = 2
export const NUMERIC = 3
export const BOOLEAN = 4
export const DATE = 5
export const TIMESTAMPTZ = 6
export const UUID = 7
export const TEXT = 8
/** How many kinds there are. */
export const KINDS = 9

const digit = (c: number): boolean => c >= 48 && c <= 57
const two = (b: Buffer, p: number): number => (digit(b[p]!) && digit(b[p + 1]!) ? (b[p]! - 48) * 10 + b[p + 1]! - 48 : -1)

/** NULL is an unquoted field that is empty, NULL or \N. */
export function isNull(b: Buffer, from: number, to: number, style: number): boolean {
  void style
  const length = to - from
  if (length === 0) return true
  const c = b[from]
  if (c === 92) return length === 2 && b[from + 1] === 78
  return c === 78 && length === 4 && b[from + 1] === 85 && b[from + 2] === 76 && b[from + 3] === 76
}

/** The kind of a value that is not NULL. */
export function kindOf(b: Buffer, from: number, to: number): number {
  const length = to - from
  if (length === 0) return TEXT
  const c = b[from]!
  if (length === 36 && isUuid(b, from)) return UUID
  if (digit(c)) {
    if (length >= 10 && b[from + 4] === 45) return dateOrTime(b, from, to)
    return numberKind(b, from, to, false)
  }
  if (c === 45) return length > 1 ? numberKind(b, from + 1, to, true) : TEXT
  if (length === 4 || length === 5) {
    const word = b.toString('latin1', from, to).toLowerCase()
    if (word === 'true' || word === 'false') return BOOLEAN
  }
  return TEXT
}

/** `from` is after the sign. Leading zeros are for codes, not for numbers. */
function numberKind(b: Buffer, from: number, to: number, negative: boolean): number {
  let p = from
  while (p < to && digit(b[p]!)) p++
  const digits = p - from
  if (digits === 0 || (digits > 1 && b[from] === 48)) return TEXT
  if (p < to) {
    if (b[p] !== 46 || p + 1 === to) return TEXT
    for (p++; p < to; p++) if (!digit(b[p]!)) return TEXT
    return NUMERIC
  }
  if (negative && b[from] === 48) return NUMERIC // -0 is a number, but no integer is written so
  if (digits <= 9) return INTEGER
  if (digits > 19) return NUMERIC
  const value = BigInt(b.toString('latin1', from, to)) * (negative ? -1n : 1n)
  if (value >= -(2n ** 31n) && value < 2n ** 31n) return INTEGER
  return value >= -(2n ** 63n) && value < 2n ** 63n ? BIGINT : NUMERIC
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** YYYY-MM-DD, of the calendar; years 0001 to 9999. */
function isDate(b: Buffer, p: number): boolean {
  const century = two(b, p)
  const rest = two(b, p + 2)
  const month = two(b, p + 5)
  const day = two(b, p + 8)
  if (b[p + 7] !== 45 || century < 0 || rest < 0 || month < 1 || month > 12 || day < 1) return false
  const year = century * 100 + rest
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return year > 0 && day <= DAYS[month - 1]! + (leap ? 1 : 0)
}

/** YYYY-MM-DD, T or a blank, HH:MM:SS, up to six decimals, Z or ±HH:MM (hours to 14). */
function dateOrTime(b: Buffer, from: number, to: number): number {
  if (!isDate(b, from)) return TEXT
  const length = to - from
  if (length === 10) return DATE
  if (length < 20 || (b[from + 10] !== 84 && b[from + 10] !== 32)) return TEXT
  const hour = two(b, from + 11)
  const minute = two(b, from + 14)
  const second = two(b, from + 17)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return TEXT
  if (b[from + 13] !== 58 || b[from + 16] !== 58) return TEXT
  let p = from + 19
  if (b[p] === 46) {
    const first = ++p
    while (p < to && digit(b[p]!)) p++
    if (p === first || p - first > 6) return TEXT
  }
  if (p === to - 1) return b[p] === 90 ? TIMESTAMPTZ : TEXT
  if (p !== to - 6 || (b[p] !== 43 && b[p] !== 45) || b[p + 3] !== 58) return TEXT
  const hours = two(b, p + 1)
  const minutes = two(b, p + 4)
  return hours >= 0 && hours <= 14 && minutes >= 0 && minutes <= 59 ? TIMESTAMPTZ : TEXT
}

function isUuid(b: Buffer, from: number): boolean {
  for (let i = 0; i < 36; i++) {
    const c = b[from + i]!
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (c !== 45) return false
    } else if (!digit(c) && !((c | 32) >= 97 && (c | 32) <= 102)) return false
  }
  return true
}
