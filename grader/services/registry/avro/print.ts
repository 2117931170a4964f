import { type Extra, fullName, type Named, type NamedType, type Type } from './types.ts'

/**
 * One text for all ways to write the same schema: no white space, attributes in a fixed order, a name in full only where its namespace
 * differs from the enclosing one, later uses of a named type by name. Documentation, defaults, aliases and unknown attributes stay (unlike
 * in the specification's Parsing Canonical Form), because they count when two schemas are compared for being the same one.
 * The order is that of `Schema.toString()` in Avro for Java, whose output the registry answers with.
 */
export function printSchema(type: Type): string {
  return JSON.stringify(print(type, '', new Set()))
}

function print(type: Type, namespace: string, defined: Set<string>): unknown {
  if (type.kind === 'union') return type.branches.map(branch => print(branch, namespace, defined))
  if ('name' in type) {
    const full = fullName(type)
    if (defined.has(full)) return type.namespace === namespace ? type.name : full
    defined.add(full)
    return definition(type, namespace, defined)
  }
  if (type.kind === 'array') return { type: 'array', items: print(type.items, namespace, defined), ...type.extra }
  if (type.kind === 'map') return { type: 'map', values: print(type.values, namespace, defined), ...type.extra }
  return hasAny(type.extra) ? { type: type.kind, ...type.extra } : type.kind
}

function definition(type: NamedType, outer: string, defined: Set<string>): unknown {
  const head = { name: type.name, ...(type.namespace === outer ? {} : { namespace: type.namespace }), ...doc(type) }
  const tail = type.writtenAliases.length > 0 ? { aliases: type.writtenAliases } : {}
  if (type.kind === 'fixed') return { type: 'fixed', ...head, size: type.size, ...type.extra, ...tail }
  if (type.kind === 'enum') {
    const otherwise = type.default === undefined ? {} : { default: type.default }
    return { type: 'enum', ...head, symbols: type.symbols, ...otherwise, ...type.extra, ...tail }
  }
  const fields = type.fields.map(field => ({
    name: field.name,
    type: print(field.type, type.namespace, defined),
    ...doc(field),
    ...(field.hasDefault ? { default: field.default } : {}),
    ...(field.order ? { order: field.order } : {}),
    ...(field.aliases.length > 0 ? { aliases: field.aliases } : {}),
    ...field.extra,
  }))
  return { type: type.isError ? 'error' : 'record', ...head, fields, ...type.extra, ...tail }
}

const doc = (of: Pick<Named, 'doc'>) => (of.doc === undefined ? {} : { doc: of.doc })
const hasAny = (extra: Extra) => Object.keys(extra).length > 0
