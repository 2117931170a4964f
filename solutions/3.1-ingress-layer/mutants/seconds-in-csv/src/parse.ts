/** Rows of every format into readings, by one table of fields. */
import { FIELDS, type Kind, type Reading, type Reason } from './types.ts'

/** A reading, or why the row is none. */
export type Parsed = { reading: Reading } | { reason: Reason; field?: keyof Reading }

const INTEGER = /^-?\d+$/
const NUMBER = /^-?\d+(\.\d+)?$/
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?Z$/

/** Avro's int has 32 bits. */
const isInt = (value: number): boolean => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31

/** Milliseconds since 1970, or undefined for what is no instant: Date would take 30 February for 2 March. */
function instant(text: string): number | undefined {
  const match = TIME.exec(text)
  if (!match) return undefined
  const ms = Date.parse(text)
  const same = Number.isFinite(ms) && new Date(ms).toISOString() === `${match[1]}.${(match[2] ?? '').padEnd(3, '0')}Z`
  return same ? ms : undefined
}

/** The partner's CSV has whole seconds. */
const truncated = (ms: number | undefined): number | undefined => ms && ms - (ms % 1000)

/** A CSV field as its kind, undefined when it is not of it. The empty field never comes here: it is NULL. */
function fromText(kind: Kind, text: string): unknown {
  if (kind === 'text') return text
  if (kind === 'time') return truncated(instant(text))
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined
  if (kind === 'number') return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined
  return INTEGER.test(text) && isInt(Number(text)) ? Number(text) : undefined
}

/** A JSON value as its kind, undefined when it is not of it. */
function fromJsonValue(kind: Kind, value: unknown): unknown {
  if (kind === 'text') return typeof value === 'string' ? value : undefined
  if (kind === 'time') return typeof value === 'string' ? instant(value) : undefined
  if (kind === 'boolean') return typeof value === 'boolean' ? value : undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return kind === 'number' || isInt(value) ? value : undefined
}

/** Reads rows; `fleet` are the trucks that there are. */
export class Parser {
  readonly #fleet: ReadonlySet<string>

  constructor(fleet: ReadonlySet<string>) {
    this.#fleet = fleet
  }

  /** One JSON object. */
  json(text: string): Parsed {
    let row: unknown
    try {
      row = JSON.parse(text)
    } catch {
      return { reason: 'malformed' }
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return { reason: 'malformed' }
    return this.#reading(name => (row as Record<string, unknown>)[name], fromJsonValue)
  }

  /** Rows of a CSV file: its header says which column is where. */
  csv(header: string): (line: string) => Parsed {
    const names = header.replace(/\r$/, '').split(',')
    return line => {
      const fields = line.split(',')
      if (fields.length !== names.length) return { reason: 'malformed' }
      return this.#reading(
        name => fields[names.indexOf(name)] || null,
        (kind, value) => fromText(kind, value as string),
      )
    }
  }

  #reading(field: (name: string) => unknown, convert: (kind: Kind, value: unknown) => unknown): Parsed {
    const row: Record<string, unknown> = {}
    for (const { name, required } of FIELDS) {
      row[name] = field(name) ?? null
      if (required && (row[name] === null || row[name] === '')) return { reason: 'missing-field', field: name }
    }
    for (const { name, kind } of FIELDS) {
      if (row[name] === null) continue
      row[name] = convert(kind, row[name])
      if (row[name] === undefined) return { reason: 'wrong-type', field: name }
    }
    const reading = row as unknown as Reading
    return this.#fleet.has(reading.vehicle_id) ? { reading } : { reason: 'unknown-vehicle', field: 'vehicle_id' }
  }
}
