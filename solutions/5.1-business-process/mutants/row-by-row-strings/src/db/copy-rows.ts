/** Rows on their way into COPY … FROM STDIN: as the file's own bytes where PostgreSQL reads them as we do, rewritten where not. */
import { once } from 'node:events'
import type { Client } from 'pg'
import { escapeIdentifier } from 'pg'
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams'
import type { CsvFile } from '../csv/file.ts'
import { fieldText } from '../csv/file.ts'
import { PLAIN, type RecordReader } from '../csv/records.ts'
import { isNull } from '../csv/values.ts'

const SLICES: boolean = false

/** One COPY at a time; `close` ends it, and the next row opens another. */
export class CopyRows {
  private stream: CopyStreamQuery | undefined
  private failed: Error | undefined
  private runFrom = -1
  private runTo = -1
  private readonly client: Client
  private readonly sql: string
  private readonly delimiter: string
  private readonly numbered: boolean

  /** `numbered`: each row is preceded by its number, for the column _row. */
  constructor(client: Client, table: string, file: CsvFile, numbered: boolean) {
    const columns = file.columns.map(escapeIdentifier)
    if (numbered) columns.unshift('_row')
    this.sql = `COPY ${escapeIdentifier(table)} (${columns.join(', ')}) FROM STDIN (FORMAT csv, DELIMITER '${file.delimiter}')`
    this.client = client
    this.delimiter = file.delimiter
    this.numbered = numbered
  }

  /** Takes the reader's current record. Neighbours that need no rewriting are sent as one slice of the file. */
  add(reader: RecordReader, row: number): void {
    if (!this.numbered && SLICES && asItIs(reader)) {
      if (this.runTo !== reader.start) this.endRun(reader.buffer)
      if (this.runFrom === -1) this.runFrom = reader.start
      this.runTo = reader.after
      return
    }
    this.endRun(reader.buffer)
    const fields = Array.from({ length: reader.count }, (_, i) => rewritten(reader, i))
    if (this.numbered) fields.unshift(String(row))
    this.write(Buffer.from(`${fields.join(this.delimiter)}\n`))
  }

  /** The reader's buffer is about to go: send what is left of it, and wait when PostgreSQL is behind. */
  async endChunk(buffer: Buffer): Promise<void> {
    this.endRun(buffer)
    if (this.failed) throw this.failed
    if (this.stream?.writableNeedDrain) await once(this.stream, 'drain')
  }

  /** Ends the COPY that is open, if any. */
  async close(buffer?: Buffer): Promise<void> {
    if (buffer) this.endRun(buffer)
    const { stream } = this
    this.stream = undefined
    if (this.failed) throw this.failed
    if (!stream) return
    const finished = once(stream, 'finish')
    stream.end()
    await finished
  }

  private endRun(buffer: Buffer): void {
    if (this.runFrom === -1) return
    this.write(buffer.subarray(this.runFrom, Math.min(this.runTo, buffer.length)))
    if (this.runTo > buffer.length) this.write(Buffer.from('\n')) // The last line of the file has no end.
    this.runFrom = this.runTo = -1
  }

  private write(bytes: Buffer): void {
    if (!this.stream) {
      this.stream = this.client.query(copyFrom(this.sql))
      this.stream.on('error', error => (this.failed = error))
    }
    this.stream.write(bytes)
  }
}

/** Does COPY's CSV read these bytes as we do? It takes a quote anywhere as one, a lone CR as a line end, and \. as the end of the data. */
function asItIs({ buffer, start, end, after, count, starts, ends, style }: RecordReader): boolean {
  if (after - end > 1 || (end - start === 2 && buffer[start] === 92)) return false
  for (let i = 0; i < count; i++) {
    if (style[i] !== PLAIN) continue
    const from = starts[i]!
    const to = ends[i]!
    if (to > from && isNull(buffer, from, to, PLAIN)) return false
    for (let p = from; p < to; p++) if (buffer[p] === 34 || buffer[p] === 13) return false
  }
  return true
}

function rewritten(reader: RecordReader, i: number): string {
  if (isNull(reader.buffer, reader.starts[i]!, reader.ends[i]!, reader.style[i]!)) return ''
  return `"${fieldText(reader, i).replaceAll('"', '""')}"`
}
