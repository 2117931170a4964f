/** Every code, with the next step for whoever meets it. Codes that Delta Lake on Spark has too carry its name for it. */
const NEXT_STEP = {
  DELTA_TABLE_NOT_FOUND: 'Create it with DeltaTable.create, or check the path.',
  DELTA_TABLE_ALREADY_EXISTS: 'Open it with DeltaTable.open.',
  DELTA_VERSION_NOT_FOUND: 'Ask for a version in the range that is named.',
  DELTA_LOG_DAMAGED: 'Restore the file from a backup; nothing was changed.',
  DELTA_DATA_FILE_MISSING: 'The file was vacuumed or deleted: read a newer version, or keep files longer.',
  DELTA_DATA_FILE_DAMAGED: 'Restore the file, or remove it from the table.',
  DELTA_UNSUPPORTED_PROTOCOL:
    'Use a client that implements them (Spark, delta-rs), or write the table with reader version 1, writer version 2.',
  DELTA_UNSUPPORTED_TYPE: 'Use a primitive type, or leave the column out of `columns`.',
  DELTA_UNSUPPORTED_INVARIANT: 'Write to this table with a client that evaluates SQL.',
  DELTA_CANNOT_MODIFY_APPEND_ONLY: 'Only append; or set delta.appendOnly to false.',
  DELTA_INVALID_SCHEMA: 'Mend the schema.',
  DELTA_INVALID_CONFIGURATION: 'Mend the table property.',
  DELTA_INVALID_ARGUMENT: 'Mend the argument.',
  DELTA_UNKNOWN_COLUMN: 'Add the column with addColumns, or leave it out of the row.',
  DELTA_VALUE_NOT_ALLOWED: 'Mend the value; no file of this write became visible.',
  DELTA_DUPLICATE_MERGE_KEY: 'Keep one source row a key (the newest), then merge.',
  DELTA_UNSAFE_VACUUM: 'Keep at least the retention of the table, or pass force once no reader and no writer is older.',
  DELTA_CONCURRENT_APPEND: 'Plan the operation again on the newest version.',
  DELTA_CONCURRENT_DELETE_READ: 'Plan the operation again on the newest version.',
  DELTA_CONCURRENT_DELETE_DELETE: 'Plan the operation again on the newest version.',
  DELTA_CONCURRENT_TRANSACTION: 'Look whether the other writer has written this batch; one writer an appId.',
  DELTA_METADATA_CHANGED: 'Plan the operation again on the newest schema.',
  DELTA_PROTOCOL_CHANGED: 'Open the table again.',
  DELTA_MAX_COMMIT_ATTEMPTS_EXCEEDED: 'Give each writer larger batches, or raise maxAttempts.',
  DELTA_COMMIT_UNKNOWN: 'Look for the txnId in the log; with a txn the same call can safely be made again.',
  DELTA_LIMIT_EXCEEDED: 'Split the work.',
  DELTA_STORE_FAILED: 'See the cause; check endpoint, credentials and permissions.',
} as const

export type DeltaErrorCode = keyof typeof NEXT_STEP

/** An error with a code: what happened, then what to do next. */
export class DeltaError extends Error {
  readonly code: DeltaErrorCode

  constructor(code: DeltaErrorCode, what: string, options?: ErrorOptions) {
    super(`${code}: ${what} ${NEXT_STEP[code]}`, options)
    this.name = 'DeltaError'
    this.code = code
  }
}

const CONFLICTS: readonly DeltaErrorCode[] = [
  'DELTA_CONCURRENT_APPEND',
  'DELTA_CONCURRENT_DELETE_READ',
  'DELTA_CONCURRENT_DELETE_DELETE',
  'DELTA_CONCURRENT_TRANSACTION',
  'DELTA_METADATA_CHANGED',
  'DELTA_PROTOCOL_CHANGED',
]

/** Whether another writer won and nothing of ours was committed: planning again on the newest version is safe. */
export const isConflict = (error: unknown): error is DeltaError => error instanceof DeltaError && CONFLICTS.includes(error.code)
