import type { Codec, Shape } from './codec.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** A codec with the versions in which the field is on the wire; with `tag`, it is an optional field of flexible versions. */
export interface Field<R, W = R> {
  codec: Codec<R, W>
  from: number
  to: number
  tag: number | null
  absent: R
}

// biome-ignore lint/suspicious/noExplicitAny: a table's row may hold any codec; the mapped types below recover the exact one.
type Row = Codec<any, any> | Field<any, any>
type ReadOf<F> = F extends { codec: Codec<infer R, infer _W> } ? R : F extends Codec<infer R, infer _W> ? R : never
type WriteOf<F> = F extends { codec: Codec<infer _R, infer W> } ? W : F extends Codec<infer _R, infer W> ? W : never

/** What a struct reads: every field, with its absent value where the version has none. */
export type Struct<D> = { [K in keyof D]: ReadOf<D[K]> }
/** What a struct writes: a field left out is written as its zero. */
export type StructInput<D> = { [K in keyof D]?: WriteOf<D[K]> }

/** The field exists from version `from` on. `absent` is its value in older versions and when left out. */
export function since<R, W>(from: number, codec: Codec<R, W>, absent: R = codec.zero): Field<R, W> {
  return { codec, from, to: 32767, tag: null, absent }
}

/** The field exists up to version `to`. */
export function until<R, W>(to: number, codec: Codec<R, W>, absent: R = codec.zero): Field<R, W> {
  return { codec, from: 0, to, tag: null, absent }
}

/** The field exists from `from` to `to`, both included. */
export function between<R, W>(from: number, to: number, codec: Codec<R, W>, absent: R = codec.zero): Field<R, W> {
  return { codec, from, to, tag: null, absent }
}

/** The field is a tagged field (KIP-482) from version `from` on; it is written only when it is given. */
export function tagged<R, W>(from: number, tag: number, codec: Codec<R, W>, absent: R = codec.zero): Field<R, W> {
  return { codec, from, to: 32767, tag, absent }
}

interface Plan {
  plain: [string, Codec<unknown>, unknown][]
  tags: Map<number, [string, Codec<unknown>]>
  absent: [string, unknown][]
}

/**
 * STRUCT => its fields in the order of the table; in flexible versions followed by
 * TAGGED_FIELDS => count UNSIGNED_VARINT, then count × (tag UNSIGNED_VARINT, size UNSIGNED_VARINT, value).
 */
export function struct<D extends Record<string, Row>>(definition: D): Codec<Struct<D>, StructInput<D>> {
  const fields = Object.entries(definition).map(([name, row]): [string, Field<unknown>] => [
    name,
    'codec' in row ? row : { codec: row, from: 0, to: 32767, tag: null, absent: row.zero },
  ])
  const plans: (Plan | undefined)[] = []
  const planFor = (version: number): Plan => {
    const known = plans[version]
    if (known) return known
    const plan: Plan = { plain: [], tags: new Map(), absent: [] }
    for (const [name, field] of fields) {
      const present = version >= field.from && version <= field.to
      if (present && field.tag === null) plan.plain.push([name, field.codec, field.absent])
      else plan.absent.push([name, field.absent])
      if (present && field.tag !== null) plan.tags.set(field.tag, [name, field.codec])
    }
    plans[version] = plan
    return plan
  }

  return {
    zero: Object.fromEntries(fields.map(([name, field]) => [name, field.absent])) as Struct<D>,
    read(r) {
      const plan = planFor(r.version)
      const value: Record<string, unknown> = {}
      for (const [name, codec] of plan.plain) value[name] = codec.read(r)
      for (const [name, absent] of plan.absent) value[name] = absent
      if (r.flexible) readTags(r, plan, value)
      return value as Struct<D>
    },
    write(w, input) {
      const plan = planFor(w.version)
      const value = input as Record<string, unknown>
      for (const [name, codec, absent] of plan.plain) codec.write(w, value[name] === undefined ? absent : value[name])
      if (w.flexible) writeTags(w, plan, value)
    },
    shape(version, flexible): Shape {
      const plan = planFor(version)
      const tags: Record<string, Shape> = {}
      if (flexible) for (const [tag, [name, codec]] of plan.tags) tags[`${tag} ${name}`] = codec.shape(version, flexible)
      return { fields: Object.fromEntries(plan.plain.map(([name, codec]) => [name, codec.shape(version, flexible)])), tags }
    },
  }
}

function readTags(r: Reader, plan: Plan, value: Record<string, unknown>): void {
  for (let count = r.unsignedVarint(); count > 0; count--) {
    const known = plan.tags.get(r.unsignedVarint())
    const body = r.raw(r.unsignedVarint())
    if (!known) continue
    const inner = new Reader(body)
    inner.version = r.version
    inner.flexible = true
    value[known[0]] = known[1].read(inner)
  }
}

function writeTags(w: Writer, plan: Plan, value: Record<string, unknown>): void {
  const given = [...plan.tags].filter(([, [name]]) => value[name] !== undefined)
  w.unsignedVarint(given.length)
  for (const [tag, [name, codec]] of given) {
    const inner = new Writer(32)
    inner.version = w.version
    inner.flexible = true
    codec.write(inner, value[name])
    w.unsignedVarint(tag)
    w.unsignedVarint(inner.length)
    w.raw(inner.toBuffer())
  }
}
