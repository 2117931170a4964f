/** From the bytes of a message to a reading, or to the reason why there is none. */
import { readFileSync } from 'node:fs'
import avsc from 'avsc'
import type { Vehicle } from './fleet.ts'
import { type Registry, UnknownSchema } from './registry.ts'
import type { Reading, Reason } from './types.ts'

const HEADER = 5
const reader = avsc.Type.forSchema(JSON.parse(readFileSync(new URL('reading.avsc', import.meta.url), 'utf8')) as avsc.Schema)
/** By schema id: how readings written with that schema are read with ours; null when they cannot be. */
const writers = new Map<number, { type: avsc.Type; resolver: unknown } | null>()

interface Fields {
  vehicle_id: string
  seq: number
  event_time: number
  front_c: number
  rear_c: number | null
}

/** Rejects when the registry is not to be reached: that is no message's fault. */
export async function decode(registry: Registry, fleet: ReadonlyMap<string, Vehicle>, value: Buffer | null): Promise<Reading | Reason> {
  if (!value || value.length < HEADER || value[0] !== 0) return 'unframed'
  const writer = await writerOf(registry, value.readInt32BE(1))
  if (writer === 'unknown-schema') return writer
  const fields = writer && read(writer, value.subarray(HEADER))
  if (!fields) return 'undecodable'
  if (!Number.isFinite(fields.front_c) || (fields.rear_c !== null && !Number.isFinite(fields.rear_c))) return 'not-a-number'
  if (!fleet.has(fields.vehicle_id)) return 'unknown-vehicle'
  return {
    vehicleId: fields.vehicle_id,
    seq: fields.seq,
    eventTime: Math.floor(fields.event_time / 1000),
    front: Math.round(fields.front_c * 100),
    rear: fields.rear_c === null ? null : Math.round(fields.rear_c * 100),
  }
}

async function writerOf(registry: Registry, id: number): Promise<{ type: avsc.Type; resolver: unknown } | null | 'unknown-schema'> {
  const known = writers.get(id)
  if (known !== undefined) return known
  let schema: unknown
  try {
    schema = await registry.schema(id)
  } catch (error) {
    if (!(error instanceof UnknownSchema)) console.error((error as Error).message)
    return 'unknown-schema'
  }
  let writer: { type: avsc.Type; resolver: unknown } | null = null
  try {
    const type = avsc.Type.forSchema(schema as avsc.Schema)
    writer = { type, resolver: reader.createResolver(type) }
  } catch {
    // A schema of something else, or one that no reader of ours can follow.
  }
  writers.set(id, writer)
  return writer
}

function read({ resolver }: { resolver: unknown }, bytes: Buffer): Fields | null {
  try {
    // Without noCheck, bytes that are left over are an error, too.
    return reader.fromBuffer(bytes, resolver as avsc.Type, false) as unknown as Fields
  } catch {
    return null
  }
}
