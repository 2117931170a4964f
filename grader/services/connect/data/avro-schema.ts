/** Connect schemas as Avro schemas and back, in the way of Confluent's AvroData: what Avro cannot say is kept in `connect.…` attributes. */
import { DATE, DataError, DECIMAL, FatalError, type Schema, type Struct, TIME, TIMESTAMP } from './schema.ts'

const AVRO: Partial<Record<Schema['type'], string>> = {
  int8: 'int',
  int16: 'int',
  int32: 'int',
  int64: 'long',
  float: 'float',
  double: 'double',
  boolean: 'boolean',
  string: 'string',
  bytes: 'bytes',
}
const LOGICAL: Record<string, string> = { [DECIMAL]: 'decimal', [DATE]: 'date', [TIME]: 'time-millis', [TIMESTAMP]: 'timestamp-millis' }
const NAME = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/

/** @throws FatalError when a name is none in Avro; the message says which and what to set */
export function toAvro(schema: Schema, defined = new Map<string, Schema>()): unknown {
  const base = definition(schema, defined)
  if (!schema.optional) return base
  return schema.default === undefined || schema.default === null ? ['null', base] : [base, 'null']
}

function definition(schema: Schema, defined: Map<string, Schema>): unknown {
  const { name, version, parameters } = schema
  const connect = {
    ...(version === undefined ? {} : { 'connect.version': version }),
    ...(parameters ? { 'connect.parameters': parameters } : {}),
    ...(name ? { 'connect.name': name } : {}),
  }
  if (schema.type === 'struct') {
    const full = checkedName(name ?? 'ConnectDefault')
    if (defined.has(full)) return full
    defined.set(full, schema)
    const dot = full.lastIndexOf('.')
    const fields = schema.fields!.map(({ field, schema: inner }) => ({
      name: checkedName(field),
      type: toAvro(inner, defined),
      ...(inner.default !== undefined && inner.default !== null
        ? { default: defaultValue(inner) }
        : inner.optional
          ? { default: null }
          : {}),
    }))
    return { type: 'record', name: full.slice(dot + 1), ...(dot > 0 ? { namespace: full.slice(0, dot) } : {}), fields, ...connect }
  }
  if (schema.type === 'array') return { type: 'array', items: toAvro(schema.items!, defined), ...connect }
  if (schema.type === 'map') return { type: 'map', values: toAvro(schema.values!, defined), ...connect }
  const logicalType = LOGICAL[name ?? '']
  const decimal =
    name === DECIMAL
      ? { scale: Number(parameters?.['scale'] ?? 0), precision: Number(parameters?.['connect.decimal.precision'] ?? 64) }
      : {}
  const narrow = schema.type === 'int8' || schema.type === 'int16' ? { 'connect.type': schema.type } : {}
  const extra = { ...decimal, ...narrow, ...connect, ...(logicalType ? { logicalType } : {}) }
  const type = AVRO[schema.type]!
  return Object.keys(extra).length > 0 ? { type, ...extra } : type
}

/** Avro writes defaults of bytes as characters 0–255. */
const defaultValue = (schema: Schema): unknown =>
  schema.type === 'int64'
    ? Number(schema.default)
    : schema.type === 'bytes'
      ? (schema.default as Buffer).toString('latin1')
      : schema.default

function checkedName(name: string): string {
  if (!NAME.test(name))
    throw new FatalError(
      `"${name}" is no name in Avro: set schema.name.adjustment.mode=avro (and field.name.adjustment.mode=avro), or choose a topic.prefix of letters, digits and _`,
    )
  return name
}

/** The Connect schema of data that was written with an Avro schema. */
export function fromAvro(json: unknown, defined = new Map<string, Schema>()): Schema {
  if (typeof json === 'string') return defined.get(json) ?? primitive(json, {})
  if (Array.isArray(json)) {
    const rest = json.filter(branch => branch !== 'null')
    if (rest.length !== 1) throw new DataError(`a union of ${rest.length} types besides null cannot be written to a table`)
    return { ...fromAvro(rest[0], defined), optional: rest.length < json.length }
  }
  const avro = json as Struct
  const type = avro['type']
  const name = typeof avro['connect.name'] === 'string' ? { name: avro['connect.name'] } : {}
  if (type === 'record') {
    const full = avro['namespace'] ? `${avro['namespace']}.${avro['name']}` : String(avro['name'])
    const fields = (avro['fields'] as Struct[]).map(one => ({ field: String(one['name']), schema: fromAvro(one['type'], defined) }))
    const schema: Schema = { type: 'struct', optional: false, name: full, ...name, fields }
    defined.set(full, schema).set(String(avro['name']), schema)
    return schema
  }
  if (type === 'enum') {
    const schema: Schema = { type: 'string', optional: false, name: String(avro['name']) }
    defined.set(String(avro['name']), schema)
    return schema
  }
  if (type === 'fixed') return { type: 'bytes', optional: false, name: String(avro['name']) }
  if (type === 'array') return { type: 'array', optional: false, items: fromAvro(avro['items'], defined) }
  if (type === 'map') return { type: 'map', optional: false, keys: { type: 'string', optional: false }, values: fromAvro(avro['values'], defined) } // biome-ignore format: one line
  if (typeof type !== 'string') return fromAvro(type, defined)
  return primitive(type, avro)
}

function primitive(type: string, avro: Struct): Schema {
  const found = Object.entries(AVRO).find(([connect, name]) => name === type && (type !== 'int' || connect === (avro['connect.type'] ?? 'int32'))) // biome-ignore format: one line
  if (!found) throw new DataError(`the Avro type "${type}" has no counterpart in Connect`)
  const logical = Object.entries(LOGICAL).find(([, name]) => name === avro['logicalType'])?.[0]
  const name = typeof avro['connect.name'] === 'string' ? avro['connect.name'] : logical
  const parameters = (avro['connect.parameters'] as Record<string, string> | undefined) ?? (logical === DECIMAL ? { scale: String(avro['scale'] ?? 0) } : undefined) // biome-ignore format: one line
  return { type: found[0] as Schema['type'], optional: false, ...(name ? { name } : {}), ...(parameters ? { parameters } : {}) }
}
