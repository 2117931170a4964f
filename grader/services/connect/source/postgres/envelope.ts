/** Debezium's envelope: before, after, where it comes from, what was done and when. */
import { type ConnectRecord, optional, type Schema, type Struct, simple, struct } from '../../data/schema.ts'
import type { Table } from './tables.ts'

const SNAPSHOT = simple('string', {
  optional: true,
  name: 'io.debezium.data.Enum',
  version: 1,
  parameters: { allowed: 'true,first,first_in_data_collection,last_in_data_collection,last,false,incremental' },
  default: 'false',
})
const [text, long] = [simple('string'), simple('int64')]

const SOURCE_SCHEMA = struct('io.debezium.connector.postgresql.Source', {
  version: text,
  connector: text,
  name: text,
  ts_ms: long,
  snapshot: SNAPSHOT,
  db: text,
  sequence: optional(text),
  ts_us: optional(long),
  schema: text,
  table: text,
  txId: optional(long),
  lsn: optional(long),
  xmin: optional(long),
})
const TRANSACTION = struct('event.block', { id: text, total_order: long, data_collection_order: long }, { optional: true, version: 1 })

/** The schema of a table's events. */
export const envelopeSchema = (name: string, row: Schema): Schema =>
  struct(
    name,
    {
      before: row,
      after: row,
      source: SOURCE_SCHEMA,
      transaction: TRANSACTION,
      op: text,
      ts_ms: optional(long),
      ts_us: optional(long),
    },
    { version: 2 },
  )

/** Where a change comes from. */
export interface Origin {
  prefix: string
  database: string
  lsn: bigint
  /** Of the last transaction that was complete before this one. */
  lastCommitLsn: bigint | null
  txId: number | null
  /** When it was committed, or read (microseconds since 1970). */
  micros: bigint
  snapshot: string
}

function sourceOf({ prefix, database, lsn, lastCommitLsn, txId, micros, snapshot }: Origin, { schema, table }: Table): Struct {
  return {
    version: 'millrace',
    connector: 'postgresql',
    name: prefix,
    ts_ms: micros / 1000n,
    snapshot,
    db: database,
    sequence: JSON.stringify([lastCommitLsn === null ? null : String(lastCommitLsn), String(lsn)]),
    ts_us: micros,
    schema,
    table,
    txId: txId === null ? null : BigInt(txId),
    lsn,
    xmin: null,
  }
}

/** One event; the key is the row's, so that all about one row is in one partition. */
export function event(
  table: Table,
  op: 'r' | 'c' | 'u' | 'd' | 't',
  key: Struct | null,
  before: Struct | null,
  after: Struct | null,
  origin: Origin,
): ConnectRecord {
  const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000))
  const value = {
    ...{ before, after, source: sourceOf(origin, table), transaction: null, op },
    ...{ ts_ms: now / 1000n, ts_us: now },
  }
  const keyData = table.keySchema && key ? { schema: table.keySchema, value: key } : null
  return { topic: table.topic, key: keyData, value: { schema: table.envelope, value } }
}

/** The message without value that lets compaction forget a deleted row. */
export const tombstone = ({ topic, key }: ConnectRecord): ConnectRecord => ({ topic, key, value: null })

const HEARTBEAT_KEY = struct('io.debezium.connector.common.ServerNameKey', { serverName: text })
const HEARTBEAT = struct('io.debezium.connector.common.Heartbeat', { ts_ms: long })

/** A heartbeat record as Debezium sends it: the key names the server, the value says when. */
export const heartbeat = (topic: string, prefix: string): ConnectRecord => ({
  topic,
  key: { schema: HEARTBEAT_KEY, value: { serverName: prefix } },
  value: { schema: HEARTBEAT, value: { ts_ms: BigInt(Date.now()) } },
})
