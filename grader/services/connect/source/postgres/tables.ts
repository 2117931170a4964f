/** What the catalog says about captured tables, and the schemas that follow from it. */
import { readFileSync } from 'node:fs'
import type pg from 'pg'
import { matchesAny, type Settings } from '../../config/definition.ts'
import { type Schema, type Struct, struct } from '../../data/schema.ts'
import { type ColumnType, type Representation, represent } from './columns.ts'
import { envelopeSchema } from './envelope.ts'
import type { Cell, Relation } from './pgoutput.ts'

interface Column {
  name: string
  /** In the events, after adjustment. */
  field: string
  representation: Representation
  schema: Schema
  /** Its place in a row. */
  index: number
}

/** A captured table in one shape; a changed table gets a new one. */
export interface Table {
  schema: string
  table: string
  topic: string
  columns: Column[]
  keyColumns: Column[]
  keySchema: Schema | null
  valueSchema: Schema
  envelope: Schema
}

/** Columns in the order of `relation`, or of the catalog; types with domains resolved; literal defaults evaluated. */
const COLUMNS = readFileSync(new URL('columns.sql', import.meta.url), 'utf8')

/** Tables that the lists include, of the kinds that can be captured. */
export async function capturedTables(client: pg.Client, settings: Settings): Promise<{ oid: string; schema: string; table: string }[]> {
  const { rows } = await client.query<{ oid: string; schema: string; table: string }>(
    `SELECT c.oid, n.nspname AS schema, c.relname AS table FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     ORDER BY 2, 3`,
  )
  return rows.filter(({ schema, table }) => isCaptured(settings, schema, table))
}

/** Do the include and exclude lists of schemas and tables let this table through? */
export function isCaptured(settings: Settings, schema: string, table: string): boolean {
  const fits = (kind: string, name: string) => {
    const [include, exclude] = [settings.list(`${kind}.include.list`), settings.list(`${kind}.exclude.list`)]
    return include.length > 0 ? matchesAny(include, name) : !matchesAny(exclude, name)
  }
  return fits('schema', schema) && fits('table', `${schema}.${table}`)
}

/** A table's present shape; with a relation message, its columns as they were when the change was made. */
export async function describeTable(
  client: pg.Client,
  settings: Settings,
  at: { oid: number | string; schema: string; table: string },
  relation?: Relation,
): Promise<Table> {
  const { rows } = await client.query<Record<string, string | null>>(COLUMNS, [at.oid])
  const full = `${at.schema}.${at.table}`
  const order = relation ? relation.columns.map(column => column.name) : rows.map(row => row['name']!)
  const columns = order.flatMap((name, index) => {
    const row = rows.find(one => one['name'] === name)
    if (!row || !columnIsCaptured(settings, `${full}.${name}`)) return [] // Dropped since: nobody knows its type any more.
    const representation = represent(typeOf(row), settings)
    if (!representation) return []
    const required = row['required'] === 't'
    const preset = presetOf(row['default'], representation)
    const schema = { ...representation.schema, optional: !required, ...(preset === undefined ? {} : { default: preset }) }
    return [{ name, field: adjusted(settings, 'field', name), representation, schema, index, key: Number(row['key']) }]
  })
  const own = keyColumnsOf(settings, full)
  const keyColumns = own
    ? own.flatMap(name => columns.filter(column => column.name === name))
    : columns.filter(({ key }) => key >= 0).sort((a, b) => a.key - b.key)
  const topic = `${settings.text('topic.prefix')}.${full}`
  const name = adjusted(settings, 'schema', topic)
  const fields = (some: typeof columns) => Object.fromEntries(some.map(({ field, schema }) => [field, schema]))
  const valueSchema = struct(`${name}.Value`, fields(columns), { optional: true })
  return {
    schema: at.schema,
    table: at.table,
    topic: topic.replace(/[^\w.-]/g, '_'),
    columns,
    keyColumns,
    keySchema: keyColumns.length > 0 ? struct(`${name}.Key`, fields(keyColumns)) : null,
    valueSchema,
    envelope: envelopeSchema(`${name}.Envelope`, valueSchema),
  }
}

const typeOf = (row: Record<string, string | null>): ColumnType => {
  const labels = row['labels']?.split(',')
  return { name: row['type']!, typmod: Number(row['typmod']), array: row['array'] === 't', ...(labels ? { labels } : {}) }
}

/** A default that is a literal; what must be computed has none. */
function presetOf(expression: string | null | undefined, { convert, schema }: Representation): unknown {
  const [, quotedText, number, word] = /^(?:'((?:[^']|'')*)'|\(?(-?\d+(?:\.\d+)?)\)?|(true|false))(?:::[\w "[\](),.]+)?$/.exec(expression ?? '') ?? [] // biome-ignore format: one line
  const value = quotedText?.replaceAll("''", "'") ?? number ?? word?.charAt(0)
  if (value === undefined || schema.type === 'array' || schema.type === 'struct') return undefined
  try {
    return convert(value)
  } catch {
    return undefined
  }
}

function columnIsCaptured(settings: Settings, name: string): boolean {
  const include = settings.list('column.include.list')
  return include.length > 0 ? matchesAny(include, name) : !matchesAny(settings.list('column.exclude.list'), name)
}

function keyColumnsOf(settings: Settings, table: string): string[] | undefined {
  for (const part of settings.text('message.key.columns').split(';')) {
    const [pattern = '', names = ''] = part.trim().split(':')
    if (names && matchesAny([pattern], table)) return names.split(',').map(name => name.trim())
  }
  return undefined
}

/** A name in Avro is letters, digits and _ and begins with no digit; dots separate the parts of a schema's name. */
function adjusted(settings: Settings, kind: 'schema' | 'field', name: string): string {
  if (settings.text(`${kind}.name.adjustment.mode`) !== 'avro') return name
  const part = (text: string) => text.replace(/\W/g, '_').replace(/^(?=\d)/, '_')
  return kind === 'schema' ? name.split('.').map(part).join('.') : part(name)
}

/** A row as a struct. What was not sent is taken from `old`, or else is the placeholder. */
export function rowOf(columns: readonly Column[], cells: readonly Cell[], placeholder: string, old?: readonly Cell[] | null): Struct {
  return Object.fromEntries(
    columns.map(({ field, index, representation, schema }) => {
      const cell = cells[index] === undefined ? old?.[index] : cells[index]
      if (cell === undefined && index < cells.length)
        return [field, schema.type === 'string' ? placeholder : schema.type === 'bytes' ? Buffer.from(placeholder) : schema.optional ? null : representation.zero] // biome-ignore format: one line
      if (cell === null || cell === undefined) return [field, schema.optional ? null : (schema.default ?? representation.zero)]
      return [field, representation.convert(cell)]
    }),
  )
}
