/** Reads Delta tables by the protocol and by nothing of this course's writer: its own replay of the log, and hyparquet for the files. */
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { fail } from '../../../kpi/index.ts'

interface Add {
  path: string
  partitionValues: Record<string, string | null>
  size: number
  dataChange: boolean
  stats?: string
}

/** One line of a commit. */
export interface Action {
  add?: Add
  remove?: { path: string; dataChange: boolean }
  metaData?: { schemaString: string; partitionColumns: string[]; configuration?: Record<string, string> }
  protocol?: { minReaderVersion: number; minWriterVersion: number }
  txn?: { appId: string; version: number }
  commitInfo?: Record<string, unknown>
}

/** What the log says of one version. */
export interface Version {
  files: Map<string, Add>
  txns: Map<string, number>
  types: Map<string, string>
  partitionColumns: string[]
}

/** A row as the grader compares it: numbers, booleans, null, and text for dates (2026-03-02) and times (2026-03-02T06:00:00.000Z). */
export type DeltaRow = Record<string, string | number | boolean | null>

const COMMIT = /^_delta_log\/(\d{20})\.json$/

/** A table of a bucket as somebody sees it who only has the store. */
export class DeltaLog {
  readonly #s3: S3Client
  readonly #bucket: string
  readonly #prefix: string
  readonly #commits = new Map<number, Action[]>()

  constructor(s3: S3Client, bucket: string, table: string) {
    this.#s3 = s3
    this.#bucket = bucket
    this.#prefix = `${table}/`
  }

  /** Paths of all objects below the table's root, with their sizes. */
  async objects(): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    let token: string | undefined
    do {
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix, ...(token ? { ContinuationToken: token } : {}) }),
      )
      for (const { Key = '', Size = 0 } of page.Contents ?? []) found.set(Key.slice(this.#prefix.length), Size)
      token = page.NextContinuationToken
    } while (token)
    return found
  }

  async bytes(path: string): Promise<Uint8Array> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + path }))
    return Body!.transformToByteArray()
  }

  /** The newest version, -1 where there is no table. Fails where the log has a gap. */
  async newest(): Promise<number> {
    const versions = [...(await this.objects()).keys()].flatMap(path => COMMIT.exec(path)?.[1] ?? []).map(Number).sort((a, b) => a - b) // biome-ignore format: one line
    const gap = versions.find((version, i) => version !== i)
    if (gap !== undefined) fail({ subject: `${this.#prefix}_delta_log`, expected: `version ${versions.indexOf(gap)} before version ${gap}`, saw: 'a gap' }) // biome-ignore format: one line
    return versions.length - 1
  }

  /** The actions of one commit. */
  async commit(version: number): Promise<Action[]> {
    const known = this.#commits.get(version)
    if (known) return known
    const text = new TextDecoder().decode(await this.bytes(`_delta_log/${String(version).padStart(20, '0')}.json`))
    const actions = text.split('\n').filter(Boolean).map(line => JSON.parse(line) as Action) // biome-ignore format: one line
    this.#commits.set(version, actions)
    return actions
  }

  /** Replays the log up to a version. */
  async at(version: number): Promise<Version> {
    const state: Version = { files: new Map(), txns: new Map(), types: new Map(), partitionColumns: [] }
    for (let n = 0; n <= version; n++)
      for (const { add, remove, metaData, protocol, txn } of await this.commit(n)) {
        if (protocol && protocol.minReaderVersion > 1) fail({ subject: `protocol of ${this.#prefix}`, expected: 'reader version 1', saw: String(protocol.minReaderVersion) }) // biome-ignore format: one line
        if (remove) state.files.delete(remove.path)
        if (add) state.files.set(add.path, add)
        if (txn) state.txns.set(txn.appId, txn.version)
        if (metaData) {
          const { fields } = JSON.parse(metaData.schemaString) as { fields: { name: string; type: string }[] }
          state.types = new Map(fields.map(({ name, type }) => [name, type]))
          state.partitionColumns = metaData.partitionColumns
        }
      }
    return state
  }

  /** The rows of a version. Fails where the log names a file that is not there, not of its size, or not as its statistics say. */
  async rows(version: number): Promise<DeltaRow[]> {
    const { files, types } = await this.at(version)
    const parts = await Promise.all([...files.values()].map(file => this.#read(file, version, types)))
    return parts.flat()
  }

  async #read({ path, size, stats, partitionValues }: Add, version: number, types: Map<string, string>): Promise<DeltaRow[]> {
    const where = `data file of ${this.#prefix} at version ${version}`
    const bytes = await this.bytes(decodeURIComponent(path)).catch(error => {
      if ((error as Error).name === 'NoSuchKey')
        return fail({ subject: where, expected: 'in the store, as the log says', saw: 'it is gone' })
      throw error
    })
    if (bytes.length !== size) fail({ subject: `size of a ${where}`, expected: `${size}`, saw: `${bytes.length}` })
    const file = bytes.slice().buffer
    const raw = await parquetReadObjects({ file, compressors })
    const counted = stats === undefined ? undefined : (JSON.parse(stats) as { numRecords?: number }).numRecords
    if (counted !== undefined && counted !== raw.length) fail({ subject: `numRecords of a ${where}`, expected: `${raw.length}`, saw: `${counted}` }) // biome-ignore format: one line
    return raw.map(row => Object.fromEntries([...types].map(([name, type]) => [name, plain(name in partitionValues ? partitionValues[name] : row[name], type)]))) // biome-ignore format: one line
  }
}

/** A value of Parquet, or a partition's text, as it is compared. */
function plain(value: unknown, type: string): DeltaRow[string] {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return type === 'date' ? value.toISOString().slice(0, 10) : value.toISOString()
  if (typeof value === 'bigint') return Number(value)
  const scale = /^decimal\(\d+,(\d+)\)$/.exec(type)?.[1]
  // The reader makes doubles of decimals, some with an error in the last place.
  if (typeof value === 'number' && scale !== undefined) return Number(value.toFixed(Number(scale)))
  if (typeof value === 'number' || typeof value === 'boolean') return value
  const text = String(value)
  if (type === 'boolean') return text === 'true'
  return type === 'string' || type === 'date' || type === 'timestamp' ? text : Number(text)
}
