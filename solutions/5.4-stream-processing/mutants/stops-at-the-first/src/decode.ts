/** From a message to a reading: Debezium's envelope as JSON or as framed Avro. */
import type { Registry } from './registry.ts'
import type { Decoded, Message, Reading } from './types.ts'

const SKIPPED: Decoded = { kind: 'skipped' }
const UNREADABLE: Decoded = { kind: 'rejected', reason: 'unreadable' }
/** A device whose clock is further ahead would close every window. */
const AHEAD_MS = 60_000

/** Decodes messages one by one; what cannot be decoded is said, not thrown. Rejects only where the registry gives no answer for good. */
export function decoder(format: 'json' | 'avro', registry: Registry): (message: Message) => Promise<Decoded> {
  return async ({ value }) => {
    if (value === null) return SKIPPED // a tombstone
    if (format === 'json') return fromJson(value)
    if (value.length < 5 || value[0] !== 0) return UNREADABLE
    const type = await registry.type(value.readUInt32BE(1))
    if (!type) return { kind: 'rejected', reason: 'unknown-schema' }
    try {
      return fromEnvelope(type.fromBuffer(value.subarray(5)))
    } catch {
      return UNREADABLE // bytes that are missing, or left over
    }
  }
}

function fromJson(value: Buffer): Decoded {
  return fromEnvelope(JSON.parse(value.toString()))
}

function fromEnvelope(envelope: unknown): Decoded {
  const { op, after } = (envelope ?? {}) as { op?: unknown; after?: unknown }
  if (op === 'u' || op === 'd' || op === 't') return SKIPPED
  const reading = op === 'c' || op === 'r' ? readingOf((after ?? {}) as Record<string, unknown>) : undefined
  return reading ? { kind: 'reading', reading } : { kind: 'rejected', reason: 'invalid' }
}

/** The reading of a row; undefined where a value is none. */
function readingOf(row: Record<string, unknown>): Reading | undefined {
  const { vehicle_id, seq, front_open, rear_open } = row
  const eventTime = instant(row['event_time'])
  const ingestTime = instant(row['ingest_time'])
  const front = centi(row['front_c'])
  const rear = row['rear_c'] === null ? null : centi(row['rear_c'])
  if (typeof vehicle_id !== 'string' || !/^V-\d{4}$/.test(vehicle_id)) return
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return
  if (eventTime === undefined || ingestTime === undefined || eventTime > ingestTime + AHEAD_MS) return
  if (front === undefined || rear === undefined || typeof front_open !== 'boolean') return
  if (rear_open !== null && typeof rear_open !== 'boolean') return
  return { vehicleId: vehicle_id, seq, eventTime, front, frontOpen: front_open, rear, rearOpen: rear_open }
}

/** Hundredths of a decimal's text, exactly. */
function centi(text: unknown): number | undefined {
  const match = typeof text === 'string' ? /^(-?)(\d{1,4})(?:\.(\d{1,2}))?$/.exec(text) : null
  if (!match) return
  const [, sign, whole, part = ''] = match
  const value = Number(whole) * 100 + Number(part.padEnd(2, '0'))
  return sign ? -value : value
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,6})?Z$/

/** Milliseconds since 1970; undefined for what is no instant, such as the 32nd or 25 o'clock. */
function instant(text: unknown): number | undefined {
  const match = typeof text === 'string' ? TIME.exec(text) : null
  if (!match) return
  const ms = Date.parse(text as string)
  // Date.parse takes the 30th of February for the 1st of March.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(match[1]!) ? ms : undefined
}
