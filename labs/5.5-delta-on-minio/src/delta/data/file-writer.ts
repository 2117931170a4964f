import { randomUUID } from 'node:crypto'
import type { Add } from '../log/actions.ts'
import type { PhysicalRow } from '../parquet/read.ts'
import { type Columns, ParquetFile } from '../parquet/write.ts'
import type { Field, Schema } from '../schema/types.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { partitionDirectory, toLogPath, toPartitionValue } from './partition.ts'
import { StatsCollector } from './stats.ts'

const ROW_GROUP_ROWS = 20_000
/** Over all partitions: above, every open file is finished. */
const MAX_BUFFERED_ROWS = 200_000
const MAX_OPEN_BYTES = 256 << 20

interface OpenFile {
  readonly partitionValues: Record<string, string | null>
  readonly parquet: ParquetFile
  readonly stats: StatsCollector
  columns: Columns
  rows: number
}

export interface FileWriterOptions {
  readonly schema: Schema
  readonly partitionColumns: readonly string[]
  /** How many columns get statistics; -1 for all. */
  readonly indexedColumns: number
  /** A file that has grown past this is finished, bytes. */
  readonly targetBytes: number
  readonly dataChange: boolean
}

/** Writes rows into new data files, each of one partition and with a name that is never used again. None is visible before its commit. */
export class FileWriter {
  readonly #store: ObjectStore
  readonly #options: FileWriterOptions
  readonly #fields: readonly Field[]
  readonly #partitionFields: readonly Field[]
  readonly #open = new Map<string, OpenFile>()
  readonly #adds: Add[] = []
  readonly #paths: string[] = []
  #buffered = 0

  constructor(store: ObjectStore, options: FileWriterOptions) {
    this.#store = store
    this.#options = options
    this.#fields = options.schema.fields.filter(({ name }) => !options.partitionColumns.includes(name))
    this.#partitionFields = options.partitionColumns.map(column => options.schema.fields.find(({ name }) => name === column)!)
  }

  /** Takes a row that has been checked; waits while a full file is stored. */
  async write(row: PhysicalRow): Promise<void> {
    const partitionValues: Record<string, string | null> = {}
    for (const field of this.#partitionFields) partitionValues[field.name] = toPartitionValue(field, row[field.name] ?? null)
    const key = JSON.stringify(Object.values(partitionValues))
    let file = this.#open.get(key)
    if (!file) this.#open.set(key, (file = this.#newFile(partitionValues)))
    this.#fields.forEach(({ name }, index) => void file.columns[index]!.push(row[name] ?? null))
    file.stats.add(row)
    file.rows++
    this.#buffered++
    if (file.rows >= ROW_GROUP_ROWS) {
      this.#endRowGroup(file)
      if (file.parquet.size >= this.#options.targetBytes) await this.#close(key, file)
      if (this.#openBytes() >= MAX_OPEN_BYTES) await this.#closeAll()
    }
    if (this.#buffered >= MAX_BUFFERED_ROWS) await this.#closeAll()
  }

  /** Stores what is open and gives an add action for every file. */
  async finish(): Promise<Add[]> {
    await this.#closeAll()
    return this.#adds
  }

  /** Removes what was stored, for a commit that certainly did not happen. What cannot be removed is left to vacuum. */
  async discard(): Promise<void> {
    await Promise.allSettled(this.#paths.map(path => this.#store.delete(path)))
  }

  #newFile(partitionValues: Record<string, string | null>): OpenFile {
    return {
      partitionValues,
      parquet: new ParquetFile(this.#fields),
      stats: new StatsCollector(this.#fields, this.#options.indexedColumns),
      columns: this.#fields.map(() => []),
      rows: 0,
    }
  }

  #openBytes(): number {
    let bytes = 0
    for (const { parquet } of this.#open.values()) bytes += parquet.size
    return bytes
  }

  #endRowGroup(file: OpenFile): void {
    file.parquet.write(file.columns)
    this.#buffered -= file.rows
    file.columns = this.#fields.map(() => [])
    file.rows = 0
  }

  async #closeAll(): Promise<void> {
    for (const [key, file] of this.#open) await this.#close(key, file)
  }

  async #close(key: string, file: OpenFile): Promise<void> {
    this.#endRowGroup(file)
    this.#open.delete(key)
    const bytes = file.parquet.finish()
    const directory = partitionDirectory(this.#options.partitionColumns, file.partitionValues)
    const path = `${directory}part-00000-${randomUUID()}.c000.snappy.parquet`
    this.#paths.push(path)
    await this.#store.put(path, bytes)
    this.#adds.push({
      path: toLogPath(path),
      partitionValues: file.partitionValues,
      size: bytes.length,
      modificationTime: Date.now(),
      dataChange: this.#options.dataChange,
      stats: file.stats.toJson(),
    })
  }
}
