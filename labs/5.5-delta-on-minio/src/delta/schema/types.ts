import { DeltaError } from '../errors.ts'

/** A primitive type of the protocol's schema serialization; nested ones are kept as they are and cannot be read or written. */
export type DataType = string | { readonly type: string }

/** One column. */
export interface Field {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  readonly metadata: Readonly<Record<string, unknown>>
}

/** A table's columns in their order. */
export interface Schema {
  readonly type: 'struct'
  readonly fields: readonly Field[]
}

const PRIMITIVES = ['string', 'long', 'integer', 'short', 'byte', 'float', 'double', 'boolean', 'binary', 'date', 'timestamp']

/** A column: `column('price', 'decimal(12,2)')`, `column('id', 'long', false)`. `int` is taken as `integer`. */
export function column(name: string, type: string, nullable = true): Field {
  return { name, type: type === 'int' ? 'integer' : type.replaceAll(' ', ''), nullable, metadata: {} }
}

/** Precision and scale of a decimal type, or undefined for other types. Throws `DELTA_INVALID_SCHEMA` outside 1–38. */
export function decimalOf(type: DataType): { precision: number; scale: number } | undefined {
  const parts = typeof type === 'string' && /^decimal\((\d+),\s*(\d+)\)$/.exec(type)
  if (!parts) return undefined
  const [precision, scale] = [Number(parts[1]), Number(parts[2])]
  if (precision < 1 || precision > 38 || scale > precision)
    throw new DeltaError('DELTA_INVALID_SCHEMA', `${type} needs a precision of 1 to 38 and a scale not above it.`)
  return { precision, scale }
}

/** Whether values of the type can be read and written here. */
export const isSupported = (type: DataType): type is string =>
  typeof type === 'string' && (PRIMITIVES.includes(type) || decimalOf(type) !== undefined)

/** Reads a `schemaString`. Throws `DELTA_LOG_DAMAGED`. */
export function parseSchema(text: string): Schema {
  const damaged = (what: string) => new DeltaError('DELTA_LOG_DAMAGED', `The schemaString of the table ${what}.`)
  let schema: Schema
  try {
    schema = JSON.parse(text) as Schema
  } catch (cause) {
    throw new DeltaError('DELTA_LOG_DAMAGED', 'The schemaString of the table is no JSON.', { cause })
  }
  if (schema?.type !== 'struct' || !Array.isArray(schema.fields)) throw damaged('is no struct')
  const fields = schema.fields.map(field => {
    if (typeof field?.name !== 'string' || field.type === undefined) throw damaged('has a field without name or type')
    return { ...field, nullable: field.nullable !== false, metadata: field.metadata ?? {} }
  })
  return { type: 'struct', fields }
}
