/** Bad rows, set aside in the table rejected_rows in the same transaction as the good ones. */
import type { Client } from 'pg'
import type { Reason } from '../types.ts'

export const REJECTED = 'rejected_rows'

interface Rejected {
  line: number
  reason: Reason
  column: string | null
  raw: Buffer
}

/** Rows and bytes that wait in memory at most. */
const ROWS = 2000
const BYTES = 2 << 20

/** Makes the table if it is not there. */
export async function makeRejected(client: Client): Promise<void> {
  await client.query(`CREATE TABLE IF NOT EXISTS ${REJECTED} (
    file text NOT NULL, line bigint NOT NULL, reason text NOT NULL, "column" text, raw bytea NOT NULL, PRIMARY KEY (file, line))`)
}

/** The bad rows of one file. What an earlier run set aside of it is forgotten. */
export class RejectedRows {
  count = 0
  private waiting: Rejected[] = []
  private bytes = 0
  private readonly client: Client
  private readonly file: string

  constructor(client: Client, file: string) {
    this.client = client
    this.file = file
  }

  async forget(): Promise<void> {
    await this.client.query(`DELETE FROM ${REJECTED} WHERE file = $1`, [this.file])
  }

  /** True when `flush` should be called: the caller's COPY must be closed first, a connection does one thing at a time. */
  add(row: Rejected): boolean {
    this.waiting.push({ ...row, raw: Buffer.from(row.raw) })
    this.bytes += row.raw.length
    this.count++
    return this.waiting.length >= ROWS || this.bytes >= BYTES
  }

  async flush(): Promise<void> {
    if (this.waiting.length === 0) return
    const column = <K extends keyof Rejected>(name: K) => this.waiting.map(row => row[name])
    await this.client.query(
      `INSERT INTO ${REJECTED} (file, line, reason, "column", raw)
       SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[])`,
      [this.file, column('line'), column('reason'), column('column'), column('raw')],
    )
    this.waiting = []
    this.bytes = 0
  }
}
