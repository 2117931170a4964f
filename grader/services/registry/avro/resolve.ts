/**
 * Can data written with one schema be read with another? The specification's schema resolution rules
 * (https://avro.apache.org/docs/1.12.0/specification/#schema-resolution), decided for all data at once: a writer's union is readable when
 * each of its branches is, an enum when each of its symbols is.
 */
import { describeType, type Field, fullName, type NamedType, type RecordType, type Type } from './types.ts'

/** Kinds of Avro's own SchemaCompatibility, as the registry's clients know them. */
export type Incompatibility =
  | 'NAME_MISMATCH'
  | 'FIXED_SIZE_MISMATCH'
  | 'MISSING_ENUM_SYMBOLS'
  | 'READER_FIELD_MISSING_DEFAULT_VALUE'
  | 'TYPE_MISMATCH'
  | 'MISSING_UNION_BRANCH'

/** One reason why not. */
export interface Problem {
  kind: Incompatibility
  /** Place in the reader's schema, e.g. "/fields/2/type". */
  path: string
  /** The innermost field that it is about, if any. */
  field?: string
  detail: string
}

/** What a reader's type may also read, besides itself. */
const PROMOTIONS: Record<string, readonly string[]> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  bytes: ['string'],
  string: ['bytes'],
}

/** The reasons why `reader` cannot read all that `writer` may have written; none when it can. */
export function resolve(reader: Type, writer: Type): Problem[] {
  const verdicts = new Verdicts()
  verdicts.decide(reader, writer)
  return explain(reader, writer, { path: '' }, verdicts)
}

/**
 * Whether each pair of records that is met fits. All are taken to fit at first; those that do not, given the others, are struck out until
 * nothing changes: recursive types come out right, and each round looks at each pair once.
 */
class Verdicts {
  readonly #fits = new Map<RecordType, Map<RecordType, boolean>>()

  decide(reader: Type, writer: Type): void {
    for (let changed = true, known = -1; changed || known !== this.#size(); ) {
      known = this.#size()
      changed = false
      this.fit(reader, writer)
      for (const [left, row] of this.#fits)
        for (const [right, fits] of row)
          if (fits && !left.fields.every(field => this.#fieldFits(field, right))) {
            row.set(right, false)
            changed = true
          }
    }
  }

  fit(reader: Type, writer: Type): boolean {
    if (writer.kind === 'union') return writer.branches.every(branch => this.fit(reader, branch))
    if (reader.kind === 'union') return reader.branches.some(branch => this.fit(branch, writer))
    if (reader.kind === 'record' && writer.kind === 'record' && sameNames(reader, writer)) return this.#pair(reader, writer)
    if (reader.kind === 'array' && writer.kind === 'array') return this.fit(reader.items, writer.items)
    if (reader.kind === 'map' && writer.kind === 'map') return this.fit(reader.values, writer.values)
    return mismatch(reader, writer, { path: '' }).length === 0
  }

  #fieldFits(field: Field, writer: RecordType): boolean {
    const written = counterpart(field, writer)
    return written ? this.fit(field.type, written.type) : field.hasDefault
  }

  #pair(reader: RecordType, writer: RecordType): boolean {
    const row = this.#fits.get(reader) ?? new Map<RecordType, boolean>()
    this.#fits.set(reader, row)
    if (!row.has(writer)) row.set(writer, true)
    return row.get(writer)!
  }

  #size = () => [...this.#fits.values()].reduce((sum, row) => sum + row.size, 0)
}

interface Place {
  path: string
  field?: string
}

/** The problems of a pair, each record pair told once. */
function explain(reader: Type, writer: Type, place: Place, verdicts: Verdicts, told = new Map<Type, Set<Type>>()): Problem[] {
  if (verdicts.fit(reader, writer)) return []
  if (writer.kind === 'union') return writer.branches.flatMap(branch => explain(reader, branch, place, verdicts, told))
  if (reader.kind === 'union') {
    const same = reader.branches.findIndex(one => 'name' in one && one.kind === writer.kind && sameNames(one, writer as NamedType))
    if (same >= 0) return explain(reader.branches[same]!, writer, at(place, `/${same}`), verdicts, told)
    return [{ ...place, kind: 'MISSING_UNION_BRANCH', detail: `${describeType(writer)} is none of ${describeType(reader)}` }]
  }
  if (reader.kind === 'array' && writer.kind === 'array') return explain(reader.items, writer.items, at(place, '/items'), verdicts, told)
  if (reader.kind === 'map' && writer.kind === 'map') return explain(reader.values, writer.values, at(place, '/values'), verdicts, told)
  if (reader.kind !== 'record' || writer.kind !== 'record' || !sameNames(reader, writer)) return mismatch(reader, writer, place)
  if (told.get(reader)?.has(writer)) return []
  told.set(reader, (told.get(reader) ?? new Set()).add(writer))
  return reader.fields.flatMap((field, i): Problem[] => {
    const here = { path: `${place.path}/fields/${i}`, field: field.name }
    const written = counterpart(field, writer)
    if (written) return explain(field.type, written.type, at(here, '/type'), verdicts, told)
    return field.hasDefault ? [] : [{ ...here, kind: 'READER_FIELD_MISSING_DEFAULT_VALUE', detail: field.name }]
  })
}

/** The problem of two types that are no unions, ignoring what is inside arrays, maps and records. */
function mismatch(reader: Type, writer: Type, place: Place): Problem[] {
  if (reader.kind !== writer.kind) {
    if (PROMOTIONS[reader.kind]?.includes(writer.kind)) return []
    return [{ ...place, kind: 'TYPE_MISMATCH', detail: `${describeType(writer)} cannot be read as ${describeType(reader)}` }]
  }
  if (!('name' in reader) || !('name' in writer)) return []
  if (!sameNames(reader, writer))
    return [
      {
        ...at(place, '/name'),
        kind: 'NAME_MISMATCH',
        detail: `${fullName(writer)} is neither ${fullName(reader)} nor one of its aliases`,
      },
    ]
  if (reader.kind === 'fixed' && writer.kind === 'fixed' && reader.size !== writer.size)
    return [{ ...at(place, '/size'), kind: 'FIXED_SIZE_MISMATCH', detail: `${writer.size} bytes cannot be read as ${reader.size}` }]
  if (reader.kind === 'enum' && writer.kind === 'enum') {
    const missing = writer.symbols.filter(symbol => !reader.symbols.includes(symbol))
    if (missing.length > 0 && reader.default === undefined)
      return [{ ...at(place, '/symbols'), kind: 'MISSING_ENUM_SYMBOLS', detail: `[${missing.join(', ')}] of enum ${fullName(writer)}` }]
  }
  return []
}

/** The specification compares unqualified names; an alias of the reader stands for the writer's full name. */
const sameNames = (reader: NamedType, writer: NamedType) => reader.name === writer.name || reader.aliases.includes(fullName(writer))

/** The writer's field that the reader's field takes its value from. */
const counterpart = (field: Field, writer: RecordType): Field | undefined =>
  writer.fields.find(({ name }) => name === field.name) ?? writer.fields.find(({ name }) => field.aliases.includes(name))

const at = (place: Place, more: string): Place => ({ ...place, path: place.path + more })
