/** Random values of each type, as a CSV file spells them and as PostgreSQL shows them (`::text`, TimeZone UTC). */
import type { Random } from '../../../kpi/types.ts'

/** One field: the value that the file means, and what the table must show. Null is NULL. */
export interface Cell {
  text: string | null
  stored: string | null
}

const same = (text: string): Cell => ({ text, stored: text })
export const NULL_CELL: Cell = { text: null, stored: null }

const WORDS = [
  'Tromsø',
  'Ålesund',
  'salmon',
  'frozen',
  'Bodø',
  'fjord',
  'キャンディ',
  'naïve',
  'Brønnøysund',
  'cold',
  'müsli',
  '🐟',
  'N',
  'null',
  'NaN',
]
const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

/** A few words, plain: nothing that needs quotes. */
export const words = (random: Random, count = random.int(1, 3)): string =>
  Array.from({ length: count }, () => random.pick(WORDS)).join(' ') + random.word(4)

const day = (random: Random): string => {
  const date = new Date(Date.UTC(random.int(1901, 2099), random.int(0, 11), random.int(1, 31)))
  return date.toISOString().slice(0, 10)
}

/** An instant in a random zone, with or without a fraction, as ISO 8601. */
function instant(random: Random): Cell {
  const seconds = random.int(1_000_000_000, 1_900_000_000)
  const micros = random.pick([0, 0, random.int(1, 999) * 1000, random.int(1, 999_999)])
  const fraction = micros === 0 ? '' : `.${pad(micros, 6).replace(/0+$/, '')}`
  const minutes = random.pick([0, 0, 60, 120, -300, 330, 345, -210, 840])
  const zone =
    minutes === 0
      ? random.pick(['Z', '+00:00'])
      : `${minutes < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`
  const local = new Date((seconds + minutes * 60) * 1000).toISOString().slice(0, 19)
  const shown = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return { text: `${random.pick([local, local.replace('T', ' ')])}${fraction}${zone}`, stored: `${shown}${fraction}+00` }
}

/** A random uuid in lower case, drawn from the seed. */
export function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => '0123456789abcdef'[random.int(0, 15)]).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

const anyCase = (random: Random, text: string): string => random.pick([text, text.toUpperCase(), text[0]!.toUpperCase() + text.slice(1)])

/** Makes a value that fits exactly this type and no narrower one. */
export const CELLS: Record<string, (random: Random) => Cell> = {
  integer: random =>
    same(String(random.pick([random.int(-99, 99), random.int(-2_147_483_648, 2_147_483_647), 2_147_483_647, -2_147_483_648]))),
  bigint: random =>
    same(String(random.pick([2_147_483_648n, -2_147_483_649n, 9_223_372_036_854_775_807n, BigInt(random.int(1, 9)) * 10n ** 17n]))),
  numeric: random =>
    same(`${random.pick(['', '', '-'])}${random.int(1, 9999)}.${pad(random.int(0, 9999), random.int(1, 4) + 3).slice(-random.int(1, 4))}`),
  boolean: random => {
    const value = random.pick(['true', 'false'])
    return { text: anyCase(random, value), stored: value }
  },
  date: random => same(day(random)),
  timestamptz: instant,
  uuid: random => {
    const value = uuid(random)
    return { text: random.pick([value, value.toUpperCase()]), stored: value }
  },
  text: random => same(words(random)),
}

/** Columns that look like something narrower and are text: what each is, and its values. */
export const TRAPS: Record<string, (random: Random) => string> = {
  'codes with leading zeros': random => pad(random.int(1, 9999), 4).replace(/^[1-9]/, '0'),
  'yes and no': random => random.pick(['yes', 'no', 't', 'f']),
  'times without a zone': random => `${day(random)}T${pad(random.int(0, 23))}:${pad(random.int(0, 59))}:00`,
  'days that no calendar has': random =>
    `${random.pick([1900, 2023, 2025, 2026, 2027])}-${random.pick(['02-29', '02-30', '04-31', '06-31', '11-31'])}`,
  'months that no calendar has': random => `${random.int(1901, 2099)}-${random.pick(['13-01', '00-10', '06-00', '99-01'])}`,
  'days as in Norway': random => `${pad(random.int(1, 28))}.${pad(random.int(1, 12))}.${random.int(1990, 2030)}`,
  'numbers with an exponent': random => `${random.int(1, 9)}e${random.int(1, 20)}`,
  'numbers with a decimal comma': random => `${random.int(1, 999)},${random.int(0, 99)}`,
  'numbers with a plus': random => `+${random.int(1, 999)}`,
  'numbers with blanks': random => ` ${random.int(1, 999)}`,
  'half uuids': random => uuid(random).slice(0, 23),
}
