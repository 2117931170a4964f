/** A CSV file: its dialect and header, and its records as often as they are wanted. */
import { open } from 'node:fs/promises'
import { UnusableInput } from '../types.ts'
import { ESCAPED, RecordReader } from './records.ts'

const CHUNK = 256 * 1024

export interface CsvFile {
  path: string
  /** File name without .csv. */
  table: string
  columns: string[]
  delimiter: ',' | ';'
  /** Byte at which the first record after the header begins, and its line. */
  body: number
  bodyLine: number
}

/**
 * Reads dialect and header. The delimiter is the one of comma and semicolon that the header has more of, outside quotes.
 * @throws UnusableInput when the header cannot be a table's columns
 */
export async function openCsv(path: string, table: string): Promise<CsvFile> {
  const handle = await open(path)
  try {
    const head = Buffer.alloc(CHUNK)
    const { bytesRead } = await handle.read(head, 0, CHUNK, 0)
    const bytes = head.subarray(0, bytesRead)
    const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    const text = bytes.subarray(bom)
    const delimiter = mostly(text)
    const reader = new RecordReader(delimiter.charCodeAt(0))
    reader.feed(text, true)
    if (!reader.next() || reader.badQuote || reader.end === CHUNK) throw new UnusableInput(`${table}.csv: there is no header`)
    const columns = Array.from({ length: reader.count }, (_, i) => fieldText(reader, i))
    checkHeader(`${table}.csv`, columns)
    const newlines = text.subarray(0, reader.after).filter(byte => byte === 10).length
    return { path, table, columns, delimiter, body: bom + Math.min(reader.after, text.length), bodyLine: 1 + newlines }
  } finally {
    await handle.close()
  }
}

function mostly(text: Buffer): ',' | ';' {
  let commas = 0
  let semicolons = 0
  let quoted = false
  for (const byte of text) {
    if (byte === 34) quoted = !quoted
    else if (!quoted && byte === 44) commas++
    else if (!quoted && byte === 59) semicolons++
    else if (!quoted && byte === 10) break
  }
  return semicolons > commas ? ';' : ','
}

function checkHeader(file: string, columns: string[]): void {
  for (const [i, name] of columns.entries()) {
    if (name === '') throw new UnusableInput(`${file}: column ${i + 1} has no name`)
    if (columns.indexOf(name) !== i) throw new UnusableInput(`${file}: two columns are named "${name}"`)
    // PostgreSQL would cut it, and two cut names may be the same.
    if (Buffer.byteLength(name) > 63) throw new UnusableInput(`${file}: the column name "${name}" is longer than 63 bytes`)
  }
  if (columns.length > 1500) throw new UnusableInput(`${file}: ${columns.length} columns are more than a table can have`)
}

/** Field `i` of the current record as text. */
export function fieldText(reader: RecordReader, i: number): string {
  const text = reader.buffer.toString('utf8', reader.starts[i]!, reader.ends[i]!)
  return reader.style[i] === ESCAPED ? text.replaceAll('""', '"') : text
}

/**
 * Goes through the records after the header. After each chunk of the file the reader stands before its first record: call `next` on it
 * until it says false. Memory: two chunks and one record.
 */
export async function* chunksOf(file: CsvFile): AsyncGenerator<RecordReader, void> {
  const reader = new RecordReader(file.delimiter.charCodeAt(0), file.bodyLine)
  const handle = await open(file.path)
  try {
    let position = file.body
    const { size } = await handle.stat()
    const whole = Buffer.alloc(size - position)
    while (position < size) position += (await handle.read(whole, position - file.body, size - position, position)).bytesRead
    reader.feed(whole, true)
    yield reader
  } finally {
    await handle.close()
  }
}
