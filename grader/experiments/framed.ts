/** Records framed with a schema's id (Confluent's wire format), read by the grader's own means. */
import avsc from 'avsc'
import type { RegistryFixture } from '../services/types.ts'

/** What a frame holds: its schema's id and that schema, and the value as that schema has it. */
export interface Framed {
  id: number
  schema: unknown
  value: Record<string, unknown>
}

interface Schema {
  schema: unknown
  type: avsc.Type
}

/** Nanoseconds since 1970, which Debezium writes, fit no number: what is beyond is a bigint. */
const LONG = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => narrow(bytes.readBigInt64LE()),
  toBuffer: (value: number | bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(value))
    return bytes
  },
  fromJSON: Number,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
  compare: (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

const narrow = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value)

/** Why a record's value is no framed record, in a learner's words. */
export class NotFramed extends Error {}

/** Puts the frame around an Avro body: 0, the id in four bytes, most significant first. */
export function frame(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeInt32BE(id, 1)
  return Buffer.concat([head, body])
}

/**
 * A reader of framed records; each schema is asked for once, also by records that are read at the same time. One that could not be had is asked for again.
 * @example const read = framedReader(registry); const { value } = await read(record.value)
 */
export function framedReader(registry: Pick<RegistryFixture, 'ask'>): (value: Buffer | null) => Promise<Framed> {
  const known = new Map<number, Promise<Schema>>()
  const fetched = async (id: number): Promise<Schema> => {
    const { status, body } = await registry.ask<{ schema: string }>(`/schemas/ids/${id}`)
    if (status !== 200) throw new NotFramed(`the registry does not know its schema id ~${id}`)
    const schema: unknown = JSON.parse(body.schema)
    return { schema, type: avsc.Type.forSchema(schema as avsc.Schema, { registry: { long: LONG } }) }
  }
  const schemaOf = (id: number): Promise<Schema> => {
    const forget = (error: unknown) => {
      known.delete(id)
      throw error
    }
    const asked = known.get(id) ?? fetched(id).catch(forget)
    known.set(id, asked)
    return asked
  }
  return async value => {
    if (value === null || value.length < 5 || value[0] !== 0)
      throw new NotFramed(`it does not begin with 0 and a schema id (${value === null ? 'no value' : `${value.toString('hex', 0, 8)}…`})`)
    const id = value.readInt32BE(1)
    const { schema, type } = await schemaOf(id)
    try {
      return { id, schema, value: { ...(type.fromBuffer(value.subarray(5)) as Record<string, unknown>) } }
    } catch (error) {
      throw new NotFramed(`its bytes are no ${type.name} of schema ~${id}: ${error instanceof Error ? error.message : error}`)
    }
  }
}
