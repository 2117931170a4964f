import type { SchemaElement } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { Action } from './actions.ts'
import { checkpointPaths, LAST_CHECKPOINT } from './file-names.ts'
import { intervalMs } from './interval.ts'
import type { Snapshot } from './snapshot.ts'

const text = (name: string): SchemaElement[] => [
  { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' }, repetition_type: 'OPTIONAL' },
]
const long = (name: string): SchemaElement[] => [{ name, type: 'INT64', repetition_type: 'OPTIONAL' }]
const int = (name: string): SchemaElement[] => [{ name, type: 'INT32', repetition_type: 'OPTIONAL' }]
const flag = (name: string): SchemaElement[] => [{ name, type: 'BOOLEAN', repetition_type: 'OPTIONAL' }]
const struct = (name: string, ...fields: SchemaElement[][]): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', num_children: fields.length },
  ...fields.flat(),
]
const list = (name: string): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...text('element'),
]
const map = (name: string): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', converted_type: 'MAP', num_children: 1 },
  { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
  { name: 'key', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  ...text('value'),
]

/** Protocol: Checkpoint Schema (V1 spec). Features are left out below reader version 3 and writer version 7. */
const SCHEMA: Readonly<Record<string, SchemaElement[]>> = {
  protocol: struct('protocol', int('minReaderVersion'), int('minWriterVersion'), list('readerFeatures'), list('writerFeatures')),
  metaData: struct(
    'metaData',
    ...[text('id'), text('name'), text('description'), struct('format', text('provider'), map('options')), text('schemaString')],
    ...[list('partitionColumns'), map('configuration'), long('createdTime')],
  ),
  txn: struct('txn', text('appId'), long('version'), long('lastUpdated')),
  add: struct(
    'add',
    ...[text('path'), map('partitionValues'), long('size'), long('modificationTime'), flag('dataChange'), text('stats'), map('tags')],
  ),
  remove: struct(
    'remove',
    ...[text('path'), long('deletionTimestamp'), flag('dataChange'), flag('extendedFileMetadata'), map('partitionValues'), long('size')],
  ),
}
const LONGS = new Set(['createdTime', 'version', 'lastUpdated', 'size', 'modificationTime', 'deletionTimestamp'])

/** Writes a snapshot as a classic checkpoint and points `_last_checkpoint` at it. Any number of writers may do so at once: all write the same state. */
export async function writeCheckpoint(snapshot: Snapshot, now: number): Promise<void> {
  const actions = actionsOf(snapshot, now)
  const columns = Object.keys(SCHEMA)
  const file = parquetWriteBuffer({
    schema: [{ name: 'spark_schema', num_children: columns.length }, ...Object.values(SCHEMA).flat()],
    columnData: columns.map(name => ({ name, data: actions.map(action => withLongs(action[name as keyof Action])) })),
    statistics: false,
    createdBy: 'millrace',
  })
  await snapshot.store.put(checkpointPaths(snapshot.version)[0]!, new Uint8Array(file))
  const last = { version: snapshot.version, size: actions.length, sizeInBytes: file.byteLength, numOfAddFiles: snapshot.state.adds.size }
  await snapshot.store.put(LAST_CHECKPOINT, Buffer.from(JSON.stringify(last)))
}

/** Milliseconds for which files that are no longer in the table are kept. */
export const retentionMs = (snapshot: Snapshot): number =>
  intervalMs(snapshot.property('delta.deletedFileRetentionDuration', 'interval 7 days'), 'delta.deletedFileRetentionDuration')

function actionsOf(snapshot: Snapshot, now: number): Action[] {
  const { protocol, metadata, state } = snapshot
  const cutoff = now - retentionMs(snapshot)
  return [
    { protocol },
    { metaData: metadata },
    ...[...state.txns.values()].map(txn => ({ txn })),
    ...[...state.adds.values()].map(add => ({ add: { ...add, dataChange: false } })),
    ...[...state.removes.values()]
      .filter(remove => (remove.deletionTimestamp ?? 0) > cutoff)
      .map(remove => ({ remove: { ...remove, dataChange: false } })),
  ]
}

/** The Parquet writer takes INT64 as bigint. */
function withLongs(body: object | undefined): object | null {
  if (!body) return null
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, LONGS.has(key) && typeof value === 'number' ? BigInt(Math.trunc(value)) : value]),
  )
}
