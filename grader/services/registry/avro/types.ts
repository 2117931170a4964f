/** A parsed Avro schema (https://avro.apache.org/docs/1.12.0/specification/#schema-declaration): names resolved, nothing left to look up. */

export const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
export type PrimitiveName = (typeof PRIMITIVES)[number]

/** Attributes that the specification does not define, and logical types: kept as they are. */
export type Extra = Record<string, unknown>

export interface Named {
  name: string
  /** Empty for the null namespace. */
  namespace: string
  /** Full names. */
  aliases: string[]
  /** As written, for printing. */
  writtenAliases: string[]
  doc?: string
  extra: Extra
}

export interface Field {
  name: string
  type: Type
  aliases: string[]
  hasDefault: boolean
  default: unknown
  order?: string
  doc?: string
  extra: Extra
}

export interface RecordType extends Named {
  kind: 'record'
  isError: boolean
  fields: Field[]
}
export interface EnumType extends Named {
  kind: 'enum'
  symbols: string[]
  default?: string
}
export interface FixedType extends Named {
  kind: 'fixed'
  size: number
}

export type Type =
  | { kind: PrimitiveName; extra: Extra }
  | { kind: 'array'; items: Type; extra: Extra }
  | { kind: 'map'; values: Type; extra: Extra }
  | { kind: 'union'; branches: Type[] }
  | RecordType
  | EnumType
  | FixedType

export type NamedType = RecordType | EnumType | FixedType

/** namespace.name, or the name alone in the null namespace. */
export const fullName = (type: Pick<Named, 'name' | 'namespace'>): string => (type.namespace ? `${type.namespace}.${type.name}` : type.name)

/** How a reader of a message knows the type: its full name, or its kind. */
export const describeType = (type: Type): string =>
  type.kind === 'union' ? `union of ${type.branches.map(describeType).join(', ')}` : 'name' in type ? `${type.kind} ${fullName(type)}` : type.kind // biome-ignore format: one line
