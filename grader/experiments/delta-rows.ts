/** Rows of a Delta table as an independent reader sees them: the log replayed, the Parquet files read by hyparquet. */
import { GetObjectCommand, HeadObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

export type DeltaRow = Record<string, unknown>

interface Action {
  add?: { path: string }
  remove?: { path: string }
}

/** Follows one table: a data file that was read once is not read again, because files never change. */
export class DeltaTableReader {
  readonly #client: S3Client
  readonly #bucket: string
  readonly #table: string
  readonly #files = new Map<string, DeltaRow[]>()

  constructor(client: S3Client, bucket: string, table: string) {
    this.#client = client
    this.#bucket = bucket
    this.#table = table
  }

  async #bytes(key: string): Promise<Uint8Array> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }))
    return await Body!.transformToByteArray()
  }

  /** When the table's first commit was written, as the store tells it: another time is another table. Rejects while there is none. */
  async madeAt(): Promise<number> {
    const Key = `${this.#table}/_delta_log/${'0'.repeat(20)}.json`
    const { LastModified } = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key }))
    return LastModified!.getTime()
  }

  /** Every row of the newest version; none while there is no table. Commits are read from the first: the platform cleans no log. */
  async rows(): Promise<DeltaRow[]> {
    const commits: string[] = []
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: `${this.#table}/_delta_log/` })
    for await (const { Contents = [] } of pages) commits.push(...Contents.map(({ Key }) => Key!).filter(key => /\/\d{20}\.json$/.test(key)))
    const live = new Set<string>()
    for (const commit of commits.sort()) {
      for (const line of await this.#commit(commit)) {
        if (line.add) live.add(line.add.path)
        if (line.remove) live.delete(line.remove.path)
      }
    }
    const rows: DeltaRow[] = []
    for (const path of live) rows.push(...(await this.#file(path)))
    return rows
  }

  readonly #commits = new Map<string, Action[]>()
  async #commit(key: string): Promise<Action[]> {
    const known = this.#commits.get(key)
    if (known) return known
    const text = Buffer.from(await this.#bytes(key)).toString()
    const actions = text.split('\n').filter(line => line !== '').map(line => JSON.parse(line) as Action) // biome-ignore format: one line
    this.#commits.set(key, actions)
    return actions
  }

  async #file(path: string): Promise<DeltaRow[]> {
    const known = this.#files.get(path)
    if (known) return known
    const bytes = await this.#bytes(`${this.#table}/${decodeURIComponent(path)}`)
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    const rows = (await parquetReadObjects({ file, compressors })) as DeltaRow[]
    this.#files.set(path, rows)
    return rows
  }
}
