import { type Data, DataError, type Schema, type Struct } from './schema.ts'

/** JSON.rawJSON and the third argument of a reviver are in Node since 22, in TypeScript's library not yet. */
const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON

/** A value as what JSON.stringify makes right text of: int64 without loss, bytes in base64. */
function plain(schema: Schema, value: unknown): unknown {
  if (value === null || value === undefined) return null
  switch (schema.type) {
    case 'int64':
      return raw(String(value))
    case 'bytes':
      return (value as Buffer).toString('base64')
    case 'float':
    case 'double':
      return Number.isFinite(value) ? value : raw('null')
    case 'array':
      return (value as unknown[]).map(item => plain(schema.items!, item))
    case 'map':
      return Object.fromEntries(Object.entries(value as Struct).map(([key, item]) => [key, plain(schema.values!, item)]))
    case 'struct':
      return Object.fromEntries(schema.fields!.map(({ field, schema: inner }) => [field, plain(inner, (value as Struct)[field])]))
    default:
      return value
  }
}

/** A schema in JsonConverter's notation. */
function describe(schema: Schema): Struct {
  const { type, optional, name, version, parameters } = schema
  return {
    type,
    ...(schema.fields ? { fields: schema.fields.map(({ field, schema: inner }) => ({ ...describe(inner), field })) } : {}),
    ...(schema.items ? { items: describe(schema.items) } : {}),
    ...(schema.keys && schema.values ? { keys: describe(schema.keys), values: describe(schema.values) } : {}),
    optional,
    ...(name ? { name } : {}),
    ...(version === undefined ? {} : { version }),
    ...(parameters ? { parameters } : {}),
    ...(schema.default === undefined ? {} : { default: plain(schema, schema.default) }),
  }
}

const texts = new WeakMap<Schema, string>()

/** `{"schema": …, "payload": …}`, or the payload alone. */
export function writeJson({ schema, value }: Data, withSchema: boolean): Buffer {
  const payload = schema ? JSON.stringify(plain(schema, value)) : JSON.stringify(value)
  if (!withSchema) return Buffer.from(payload)
  let text = schema ? texts.get(schema) : 'null'
  if (text === undefined) texts.set(schema!, (text = JSON.stringify(describe(schema!))))
  return Buffer.from(`{"schema":${text},"payload":${payload}}`)
}

/** Numbers that a double cannot hold become bigint. */
function parse(bytes: Buffer): unknown {
  const reviver = (_key: string, value: unknown, { source }: { source?: string } = {}) =>
    typeof value === 'number' && source && /^-?\d+$/.test(source) && !Number.isSafeInteger(value) ? BigInt(source) : value
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), reviver as (key: string, value: unknown) => unknown)
  } catch (error) {
    throw new DataError(`Converting byte[] to Kafka Connect data failed due to serialization error: ${(error as Error).message}`)
  }
}

/** Known notations of schemas that are the same text are one object, so that what was derived from it is found again. */
const known = new Map<string, Schema>()

function readSchema(json: unknown): Schema | null {
  if (json === null || json === undefined) return null
  const key = JSON.stringify(json, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
  const found = known.get(key)
  if (found) return found
  if (known.size >= 10_000) known.clear()
  const schema = toSchema(json)
  known.set(key, schema)
  return schema
}

const TYPES = ['int8', 'int16', 'int32', 'int64', 'float', 'double', 'boolean', 'string', 'bytes', 'array', 'map', 'struct']

function toSchema(json: unknown): Schema {
  const { type, optional, name, version, parameters, default: otherwise, fields, items, keys, values } = (json ?? {}) as Struct
  if (typeof type !== 'string' || !TYPES.includes(type)) throw new DataError(`Unknown schema type: ${JSON.stringify(type)}`)
  const schema: Schema = {
    type: type as Schema['type'],
    optional: optional === true,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof version === 'number' ? { version } : {}),
    ...(parameters ? { parameters: parameters as Record<string, string> } : {}),
    ...(type === 'struct'
      ? { fields: ((fields as Struct[] | undefined) ?? []).map(one => ({ field: String(one['field']), schema: toSchema(one) })) }
      : {}),
    ...(type === 'array' ? { items: toSchema(items) } : {}),
    ...(type === 'map' ? { keys: toSchema(keys), values: toSchema(values) } : {}),
  }
  return otherwise === undefined ? schema : { ...schema, default: typed(schema, otherwise, 'default') }
}

/** A JSON value as its schema's type has it. @throws DataError that names the field */
function typed(schema: Schema, value: unknown, at: string): unknown {
  if (value === null || value === undefined) {
    if (schema.default !== undefined) return schema.default
    if (schema.optional) return null
    throw new DataError(`Invalid null value for required ${schema.type.toUpperCase()} field ${at}`)
  }
  const wrong = () => new DataError(`Invalid type for ${schema.type.toUpperCase()} field ${at}: ${typeof value}`)
  switch (schema.type) {
    case 'int64':
      if (typeof value === 'bigint' || Number.isInteger(value)) return BigInt(value as number)
      throw wrong()
    case 'int8':
    case 'int16':
    case 'int32':
      if (Number.isInteger(value)) return value
      throw wrong()
    case 'float':
    case 'double':
      if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
      throw wrong()
    case 'boolean':
      if (typeof value === 'boolean') return value
      throw wrong()
    case 'string':
      if (typeof value === 'string') return value
      throw wrong()
    case 'bytes':
      if (typeof value === 'string') return Buffer.from(value, 'base64')
      throw wrong()
    case 'array':
      if (Array.isArray(value)) return value.map((item, i) => typed(schema.items!, item, `${at}[${i}]`))
      throw wrong()
    default: {
      if (typeof value !== 'object' || Array.isArray(value)) throw wrong()
      const object = value as Struct
      if (schema.type === 'map')
        return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, typed(schema.values!, item, `${at}.${key}`)]))
      return Object.fromEntries(schema.fields!.map(({ field, schema: inner }) => [field, typed(inner, object[field], `${at}.${field}`)]))
    }
  }
}

/** Reads what writeJson writes. @throws DataError */
export function readJson(bytes: Buffer, withSchema: boolean): Data {
  const json = parse(bytes)
  if (!withSchema) return { schema: null, value: json }
  const envelope = (json ?? {}) as Struct
  if (typeof json !== 'object' || Object.keys(envelope).sort().join() !== 'payload,schema')
    throw new DataError(
      'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields. If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration.',
    )
  const schema = readSchema(envelope['schema'])
  return { schema, value: schema ? typed(schema, envelope['payload'], 'payload') : envelope['payload'] }
}
