/** Changes of a schema by kind, and whether consumers of every version can read records of every version after it. */
import type { Random } from '../../../kpi/types.ts'

export interface Field {
  name: string
  type: unknown
  default?: unknown
}

export interface Schema {
  fields: Field[]
  doc?: string
}

/** A kind of change, as a contract's table names it. */
export interface Change {
  name: string
  allowed: boolean
  /** Versions that are released one after the other; the last one is judged. */
  versions: (base: Schema, random: Random) => Schema[]
}

const hasDefault = (field: Field): boolean => 'default' in field
const with_ = (base: Schema, fields: Field[]): Schema => ({ ...base, fields })
const pick = (base: Schema, random: Random, fits: (field: Field) => boolean): Field => random.pick(base.fields.filter(fits))
const without = (base: Schema, field: Field): Schema =>
  with_(
    base,
    base.fields.filter(each => each !== field),
  )
const put = (base: Schema, field: Field, change: Partial<Field>): Schema =>
  with_(
    base,
    base.fields.map(each => (each === field ? { ...each, ...change } : each)),
  )
const named = (random: Random): string => `extra_${random.word(5)}`

/** Every kind that the lab speaks of. */
export const CHANGES: readonly Change[] = [
  {
    name: 'add a field with a default',
    allowed: true,
    versions: (base, random) => [with_(base, [...base.fields, { name: named(random), type: 'double', default: 0 }])],
  },
  {
    name: 'add a field without a default',
    allowed: false,
    versions: (base, random) => [with_(base, [...base.fields, { name: named(random), type: 'double' }])],
  },
  {
    name: 'remove a field with a default',
    allowed: true,
    versions: (base, random) => [without(base, pick(base, random, hasDefault))],
  },
  {
    name: 'remove a field without a default',
    allowed: false,
    versions: (base, random) => [
      without(
        base,
        pick(base, random, field => !hasDefault(field)),
      ),
    ],
  },
  {
    name: 'widen an int to a long',
    allowed: false,
    versions: (base, random) => [
      put(
        base,
        pick(base, random, ({ type }) => type === 'int'),
        { type: 'long' },
      ),
    ],
  },
  {
    name: 'turn a double into a string',
    allowed: false,
    versions: (base, random) => [
      put(
        base,
        pick(base, random, ({ type }) => type === 'double'),
        { type: 'string' },
      ),
    ],
  },
  {
    name: 'rename a field',
    allowed: false,
    versions: (base, random) => [
      put(
        base,
        pick(base, random, field => !hasDefault(field)),
        { name: named(random) },
      ),
    ],
  },
  {
    name: 'change the documentation',
    allowed: true,
    versions: (base, random) => [{ ...base, doc: `Reading, ${random.word()}` }],
  },
  {
    name: 'bring a removed field back with another type',
    allowed: false,
    versions: (base, random) => {
      const field = pick(base, random, hasDefault)
      return [without(base, field), put(base, field, { type: ['null', 'string'], default: null })]
    },
  },
]
