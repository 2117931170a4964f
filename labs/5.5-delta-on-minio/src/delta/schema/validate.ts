import { DeltaError } from '../errors.ts'
import { type Field, isSupported, type Schema } from './types.ts'

const MAX_COLUMNS = 10_000
const invalid = (what: string) => new DeltaError('DELTA_INVALID_SCHEMA', what)

/** A schema of these columns, partitioned by these. Throws `DELTA_INVALID_SCHEMA`. */
export function makeSchema(fields: readonly Field[], partitionColumns: readonly string[] = []): Schema {
  if (fields.length === 0 || fields.length > MAX_COLUMNS) throw invalid(`A table has 1 to ${MAX_COLUMNS} columns, not ${fields.length}.`)
  const seen = new Set<string>()
  for (const field of fields) {
    // Spark refuses these characters in Parquet columns unless names are mapped, which needs reader version 2.
    if (field.name === '' || /[ ,;{}()\n\t=]/.test(field.name))
      throw invalid(`A column's name is not empty and has none of ' ,;{}()=', tab and newline; '${field.name}' does.`)
    if (!isSupported(field.type)) throw invalid(`Column ${field.name} has the type ${JSON.stringify(field.type)}, which is not known here.`)
    if (seen.has(field.name.toLowerCase())) throw invalid(`Two columns are named ${field.name}, case aside.`)
    seen.add(field.name.toLowerCase())
  }
  for (const name of partitionColumns) {
    const field = fields.find(field => field.name === name)
    if (!field) throw invalid(`The partition column ${name} is no column.`)
    if (field.type === 'binary') throw invalid(`${name}: clients disagree on how a binary partition value is written.`)
  }
  if (new Set(partitionColumns).size !== partitionColumns.length) throw invalid('A partition column is named twice.')
  if (partitionColumns.length === fields.length) throw invalid('At least one column is not a partition column.')
  return { type: 'struct', fields: fields.map(field => ({ ...field })) }
}

/**
 * The schema with further columns at its end. A column that is there already with the same type is no change.
 * Throws `DELTA_INVALID_SCHEMA` for another type, and for a column that rows already written could not satisfy.
 */
export function withColumns(schema: Schema, added: readonly Field[]): Schema {
  const fresh: Field[] = []
  for (const field of added) {
    const there = schema.fields.find(({ name }) => name.toLowerCase() === field.name.toLowerCase())
    if (there && (there.name !== field.name || there.type !== field.type))
      throw invalid(`Column ${there.name} is ${JSON.stringify(there.type)} and cannot become ${field.name} ${JSON.stringify(field.type)}.`)
    if (there) continue
    if (!field.nullable) throw invalid(`Rows written before would have no value for ${field.name}: a column that is added is nullable.`)
    makeSchema([field])
    fresh.push(field)
  }
  if (fresh.length === 0) return schema
  const names = new Set([...schema.fields, ...fresh].map(({ name }) => name.toLowerCase()))
  if (names.size !== schema.fields.length + fresh.length) throw invalid('A column is added twice.')
  return { type: 'struct', fields: [...schema.fields, ...fresh] }
}
