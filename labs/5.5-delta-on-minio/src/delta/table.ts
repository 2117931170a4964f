import { randomUUID } from 'node:crypto'
import type { Row } from './data/rows.ts'
import { type ScanOptions, scan } from './data/scan.ts'
import { DeltaError } from './errors.ts'
import type { Metadata } from './log/actions.ts'
import { writeCheckpoint } from './log/checkpoint-write.ts'
import { PROTOCOL } from './log/protocol.ts'
import { loadSnapshot, refresh, type Snapshot } from './log/snapshot.ts'
import { type OperationOptions, type Outcome, type Planned, run, type TxnOption } from './operations/context.ts'
import { type Predicate, planDelete } from './operations/delete.ts'
import { type At, history, snapshotAt } from './operations/history.ts'
import { type MergeOptions, planMerge } from './operations/merge.ts'
import { type OptimizeOptions, planOptimize } from './operations/optimize.ts'
import { type VacuumOptions, vacuum } from './operations/vacuum.ts'
import { type AppendOptions, type OverwriteOptions, planAddColumns, planAppend, planOverwrite, type Rows } from './operations/write.ts'
import type { Field } from './schema/types.ts'
import { makeSchema } from './schema/validate.ts'
import type { ObjectStore } from './store/object-store.ts'
import { commitFirst } from './transaction/commit.ts'

export interface CreateOptions {
  readonly columns: readonly Field[]
  readonly partitionColumns?: readonly string[]
  readonly name?: string
  /** Table properties, such as `delta.appendOnly`. */
  readonly configuration?: Readonly<Record<string, string>>
}

export interface TableOptions extends Partial<OperationOptions> {
  /** Told what went wrong after a commit that stands, such as a checkpoint that could not be written. */
  readonly onWarning?: (message: string) => void
}

const DEFAULTS: OperationOptions = { maxAttempts: 1_000, maxPlans: 100, targetBytes: 64 << 20 }

/**
 * A Delta table.
 * @example
 * const table = await DeltaTable.open(new S3Store(client, 'lake', 'orders'))
 * await table.append(rows, { txn: { appId: 'orders-processor', version: offset } })
 * for await (const row of table.rows({ where: [{ column: 'day', op: '=', value: '2024-01-31' }] })) …
 */
export class DeltaTable {
  readonly store: ObjectStore
  readonly #options: OperationOptions & TableOptions
  #snapshot: Snapshot

  private constructor(snapshot: Snapshot, options: TableOptions) {
    this.store = snapshot.store
    this.#snapshot = snapshot
    this.#options = { ...DEFAULTS, ...options }
  }

  /** Creates a table. Throws `DELTA_TABLE_ALREADY_EXISTS` and `DELTA_INVALID_SCHEMA`. */
  static async create(store: ObjectStore, create: CreateOptions, options: TableOptions = {}): Promise<DeltaTable> {
    const partitionColumns = create.partitionColumns ?? []
    const metaData: Metadata = {
      id: randomUUID(),
      ...(create.name === undefined ? {} : { name: create.name }),
      format: { provider: 'parquet', options: {} },
      schemaString: JSON.stringify(makeSchema(create.columns, partitionColumns)),
      partitionColumns,
      configuration: create.configuration ?? {},
      createdTime: Date.now(),
    }
    if (!(await commitFirst(store, [{ protocol: PROTOCOL }, { metaData }], { partitionBy: partitionColumns })))
      throw new DeltaError('DELTA_TABLE_ALREADY_EXISTS', `There is a table at ${store.url}.`)
    return await DeltaTable.open(store, options)
  }

  /** Opens a table at its newest version. Throws `DELTA_TABLE_NOT_FOUND`, `DELTA_UNSUPPORTED_PROTOCOL`, `DELTA_LOG_DAMAGED`. */
  static async open(store: ObjectStore, options: TableOptions = {}): Promise<DeltaTable> {
    return new DeltaTable(await loadSnapshot(store), options)
  }

  /** The newest snapshot; reads only the commits that are new. */
  async latest(): Promise<Snapshot> {
    return (this.#snapshot = await refresh(this.#snapshot))
  }

  /** The rows of the newest version. */
  async *rows(options: ScanOptions = {}): AsyncGenerator<Row> {
    yield* scan(await this.latest(), options)
  }

  /** Adds rows in one commit. Throws `DELTA_VALUE_NOT_ALLOWED` and `DELTA_UNKNOWN_COLUMN`, naming row and column. */
  async append(rows: Rows, options: AppendOptions & { txn?: TxnOption } = {}): Promise<Outcome> {
    const kept = repeatable(rows)
    return await this.#run(options.txn, snapshot => planAppend(snapshot, kept(), options, this.#options))
  }

  /** Replaces all rows, or the partitions named, in one commit. */
  async overwrite(rows: Rows, options: OverwriteOptions & { txn?: TxnOption } = {}): Promise<Outcome> {
    const kept = repeatable(rows)
    return await this.#run(options.txn, snapshot => planOverwrite(snapshot, kept(), options, this.#options))
  }

  /** Adds nullable columns; those that are there with the same type are no change. */
  async addColumns(fields: readonly Field[]): Promise<Outcome> {
    return await this.#run(undefined, snapshot => planAddColumns(snapshot, fields))
  }

  /** Takes rows out in one commit. */
  async delete(predicate: Predicate, options: { txn?: TxnOption } = {}): Promise<Outcome> {
    return await this.#run(options.txn, snapshot => planDelete(snapshot, predicate, this.#options))
  }

  /** Updates, deletes and inserts by key in one commit. Throws `DELTA_DUPLICATE_MERGE_KEY` where the source has a key twice. */
  async merge(source: Rows, options: MergeOptions & { txn?: TxnOption }): Promise<Outcome> {
    const kept = repeatable(source)
    return await this.#run(options.txn, snapshot => planMerge(snapshot, kept(), options, this.#options))
  }

  /** Writes small files together; no row changes. */
  async optimize(options: OptimizeOptions = {}): Promise<Outcome> {
    return await this.#run(undefined, snapshot => planOptimize(snapshot, options, this.#options))
  }

  /** Deletes files that no version within the retention needs; returns their paths. Throws `DELTA_UNSAFE_VACUUM`. */
  async vacuum(options: VacuumOptions = {}): Promise<string[]> {
    return await vacuum(await this.latest(), options, Date.now())
  }

  /** The table as it was at a version or a time. Throws `DELTA_VERSION_NOT_FOUND`. */
  async at(at: At): Promise<Snapshot> {
    return await snapshotAt(this.store, at)
  }

  /** Who did what, newest first. */
  async history(limit = 1_000): Promise<Awaited<ReturnType<typeof history>>> {
    return await history(this.store, limit)
  }

  /** Writes a checkpoint of the newest version, whatever the interval. */
  async checkpoint(): Promise<void> {
    await writeCheckpoint(await this.latest(), Date.now())
  }

  async #run(txn: TxnOption | undefined, plan: (snapshot: Snapshot) => Promise<Planned>): Promise<Outcome> {
    const outcome = await run(() => this.latest(), this.#options, txn, plan)
    if (outcome.committed) await this.#checkpointIfDue(outcome.version)
    return outcome
  }

  /** The commit stands, whatever becomes of this. */
  async #checkpointIfDue(version: number): Promise<void> {
    try {
      const interval = Number(this.#snapshot.property('delta.checkpointInterval', '10'))
      if (!(Number.isInteger(interval) && interval > 0) || version % interval !== 0) return
      const latest = await this.latest()
      await writeCheckpoint(latest.version === version ? latest : await snapshotAt(this.store, { version }), Date.now())
    } catch (error) {
      this.#options.onWarning?.(`no checkpoint of version ${version}: ${(error as Error).message}`)
    }
  }
}

/** A plan may be made twice; what can be read only once cannot. */
function repeatable(rows: Rows): () => Rows {
  const once = (rows as { next?: unknown }).next !== undefined
  let used = false
  return () => {
    if (once && used)
      throw new DeltaError(
        'DELTA_INVALID_ARGUMENT',
        'A conflict asks for the rows a second time, and they are an iterator that is used up: pass an array.',
      )
    used = true
    return rows
  }
}
