import { isValidDefault } from './default-value.ts'
import { type Extra, type Field, fullName, type Named, type NamedType, PRIMITIVES, type PrimitiveName, type Type } from './types.ts'

/** The schema is not one; the message names the place, e.g. "field 'amount' of record shop.Order: …". */
export class InvalidSchema extends Error {}

/** Arrays, maps, unions and records in one another; each level of nested records in unions counts three. */
const MAX_DEPTH = 200
const NAME = /^[A-Za-z_]\w*$/
const KNOWN: Record<string, readonly string[]> = {
  record: ['type', 'name', 'namespace', 'aliases', 'doc', 'fields'],
  enum: ['type', 'name', 'namespace', 'aliases', 'doc', 'symbols', 'default'],
  fixed: ['type', 'name', 'namespace', 'aliases', 'doc', 'size'],
  array: ['type', 'items'],
  map: ['type', 'values'],
  field: ['name', 'type', 'aliases', 'default', 'order', 'doc'],
}

interface Scope {
  names: Map<string, NamedType>
  namespace: string
  /** Where we are, for messages. */
  at: string
  depth: number
}

/**
 * Parses an Avro schema by the specification's rules: names, namespaces, aliases, unions, enum symbols, defaults.
 * @param text the schema as JSON; a bare type name without quotes is taken too, as Avro's own parser does
 * @throws InvalidSchema
 */
export function parseSchema(text: string): Type {
  let json: unknown
  try {
    json = (PRIMITIVES as readonly string[]).includes(text.trim()) ? text.trim() : JSON.parse(text)
  } catch (error) {
    throw new InvalidSchema(`not JSON: ${(error as Error).message}`)
  }
  return parse(json, { names: new Map(), namespace: '', at: 'the schema', depth: 0 })
}

function parse(json: unknown, scope: Scope): Type {
  if (scope.depth > MAX_DEPTH) throw new InvalidSchema(`${scope.at}: nested deeper than ${MAX_DEPTH} levels`)
  const inner = { ...scope, depth: scope.depth + 1 }
  if (typeof json === 'string') return byName(json, inner)
  if (Array.isArray(json)) return union(json, inner)
  if (!isObject(json)) throw new InvalidSchema(`${scope.at}: ${JSON.stringify(json)} is no type`)
  const kind = json['type']
  if (kind === 'record' || kind === 'error' || kind === 'enum' || kind === 'fixed') return named(json, kind, inner)
  if (kind === 'array') return { kind, items: part(json, 'items', inner), extra: extra(json, 'array') }
  if (kind === 'map') return { kind, values: part(json, 'values', inner), extra: extra(json, 'map') }
  if (typeof kind === 'string' && (PRIMITIVES as readonly string[]).includes(kind))
    return { kind: kind as PrimitiveName, extra: extra(json, 'type') }
  if (kind === undefined) throw new InvalidSchema(`${scope.at}: a type without "type": ${JSON.stringify(json).slice(0, 100)}`)
  return parse(kind, inner) // {"type": {"type": …}} and {"type": "a.Name"}
}

function byName(name: string, { names, namespace, at }: Scope): Type {
  if ((PRIMITIVES as readonly string[]).includes(name)) return { kind: name as PrimitiveName, extra: {} }
  const found = names.get(name.includes('.') || !namespace ? name : `${namespace}.${name}`) ?? names.get(name)
  if (!found) throw new InvalidSchema(`${at}: "${name}" is not a defined name. The type of a field is given as "type"`)
  return found
}

function union(branches: unknown[], scope: Scope): Type {
  const types = branches.map(branch => parse(branch, scope))
  const seen = new Set<string>()
  for (const type of types) {
    if (type.kind === 'union') throw new InvalidSchema(`${scope.at}: a union may not directly contain a union`)
    const key = 'name' in type ? fullName(type) : type.kind
    if (seen.has(key)) throw new InvalidSchema(`${scope.at}: the union contains ${key} twice`)
    seen.add(key)
  }
  return { kind: 'union', branches: types }
}

function named(json: Record<string, unknown>, kind: 'record' | 'error' | 'enum' | 'fixed', scope: Scope): Type {
  const name = names(json, scope)
  const full = fullName(name)
  const at = `${kind} ${full}`
  if (scope.names.has(full)) throw new InvalidSchema(`${at}: "${full}" is defined twice`)
  if ((PRIMITIVES as readonly string[]).includes(name.name)) throw new InvalidSchema(`${at}: the name of a primitive type may not be taken`)
  const inner = { ...scope, namespace: name.namespace, at }
  const common = { ...name, extra: extra(json, kind === 'error' ? 'record' : kind) }
  if (kind === 'fixed') {
    const size = json['size']
    if (!Number.isInteger(size) || (size as number) < 0) throw new InvalidSchema(`${at}: "size" must be a whole number`)
    return define(scope, { ...common, kind, size: size as number })
  }
  if (kind === 'enum') {
    const symbols = json['symbols']
    if (!Array.isArray(symbols)) throw new InvalidSchema(`${at}: "symbols" must be a list`)
    for (const symbol of symbols)
      if (typeof symbol !== 'string' || !NAME.test(symbol)) throw new InvalidSchema(`${at}: ${JSON.stringify(symbol)} is no symbol`)
    if (new Set(symbols).size < symbols.length) throw new InvalidSchema(`${at}: a symbol is listed twice`)
    const otherwise = json['default']
    if (otherwise !== undefined && !symbols.includes(otherwise))
      throw new InvalidSchema(`${at}: the default ${JSON.stringify(otherwise)} is none of its symbols`)
    return define(scope, { ...common, kind, symbols: symbols as string[], ...(otherwise ? { default: otherwise as string } : {}) })
  }
  // Known before its fields are read: a record may contain itself.
  const record = define(scope, { ...common, kind: 'record' as const, isError: kind === 'error', fields: [] as Field[] })
  if (!Array.isArray(json['fields'])) throw new InvalidSchema(`${at}: "fields" must be a list`)
  for (const one of json['fields']) {
    const made = field(one, inner)
    if (record.fields.some(({ name }) => name === made.name)) throw new InvalidSchema(`${at}: two fields are named '${made.name}'`)
    record.fields.push(made)
  }
  // After all fields are known, because a default may be of the record's own type.
  for (const { name, type, hasDefault, default: value } of record.fields)
    if (hasDefault && !isValidDefault(type, value))
      throw new InvalidSchema(`field '${name}' of ${at}: the default ${JSON.stringify(value)} is not a value of its type`)
  return record
}

function define<T extends NamedType>(scope: Scope, type: T): T {
  scope.names.set(fullName(type), type)
  return type
}

function field(json: unknown, scope: Scope): Field {
  if (!isObject(json)) throw new InvalidSchema(`${scope.at}: ${JSON.stringify(json)} is no field`)
  const name = json['name']
  if (typeof name !== 'string' || !NAME.test(name)) throw new InvalidSchema(`${scope.at}: ${JSON.stringify(name)} is no field name`)
  const inner = { ...scope, at: `field '${name}' of ${scope.at}` }
  const order = json['order']
  if (order !== undefined && order !== 'ascending' && order !== 'descending' && order !== 'ignore')
    throw new InvalidSchema(`${inner.at}: "order" is ascending, descending or ignore`)
  return {
    name,
    type: part(json, 'type', inner),
    aliases: aliases(json, inner),
    hasDefault: 'default' in json,
    default: json['default'],
    ...(order && order !== 'ascending' ? { order } : {}),
    ...(typeof json['doc'] === 'string' ? { doc: json['doc'] } : {}),
    extra: extra(json, 'field'),
  }
}

/** A full name has dots and ignores "namespace"; a simple one lives in "namespace", or else in the enclosing one. */
function names(json: Record<string, unknown>, scope: Scope): Omit<Named, 'extra'> {
  const written = json['name']
  if (typeof written !== 'string') throw new InvalidSchema(`${scope.at}: a ${String(json['type'])} without "name"`)
  const dot = written.lastIndexOf('.')
  const given = json['namespace']
  const namespace = dot >= 0 ? written.slice(0, dot) : typeof given === 'string' ? given : scope.namespace
  const name = written.slice(dot + 1)
  const parts = namespace ? [...namespace.split('.'), name] : [name]
  for (const one of parts) if (!NAME.test(one)) throw new InvalidSchema(`${scope.at}: "${written}" is no valid name`)
  const also = aliases(json, { ...scope, at: written })
  const full = also.map(alias => (alias.includes('.') || !namespace ? alias : `${namespace}.${alias}`))
  return { name, namespace, aliases: full, writtenAliases: also, ...(typeof json['doc'] === 'string' ? { doc: json['doc'] } : {}) }
}

function aliases(json: Record<string, unknown>, { at }: Scope): string[] {
  const list = json['aliases'] ?? []
  if (!Array.isArray(list) || list.some(alias => typeof alias !== 'string')) throw new InvalidSchema(`${at}: "aliases" must be names`)
  return list as string[]
}

function part(json: Record<string, unknown>, key: string, scope: Scope): Type {
  if (json[key] === undefined) throw new InvalidSchema(`${scope.at}: "${key}" is missing`)
  return parse(json[key], scope)
}

const extra = (json: Record<string, unknown>, kind: string): Extra =>
  Object.fromEntries(Object.entries(json).filter(([key]) => !(KNOWN[kind] ?? ['type']).includes(key)))

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
