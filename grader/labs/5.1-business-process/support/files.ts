/** CSV files of tables whose content is known, in any dialect the contract allows. */
import { writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '../../../kpi/types.ts'
import type { Cell } from './cells.ts'

export interface Table {
  name: string
  columns: string[]
  rows: Cell[][]
}

export interface Dialect {
  delimiter: ',' | ';'
  eol: '\n' | '\r\n'
  bom: boolean
  /** How NULL is spelt; one of them is drawn for each field. */
  nulls: readonly string[]
  /** Of 100 fields that need no quotes, so many have them all the same. */
  quoted: number
  /** The last line ends, too. */
  lastEol: boolean
}

export const PLAIN_DIALECT: Dialect = { delimiter: ',', eol: '\n', bom: false, nulls: [''], quoted: 0, lastEol: true }

/** A random dialect of CSV, drawn from the seed: delimiter, line ends, byte order mark, NULL spellings, quoting. */
export const anyDialect = (random: Random): Dialect => ({
  delimiter: random.pick([',', ';'] as const),
  eol: random.pick(['\n', '\r\n'] as const),
  bom: random.pick([true, false]),
  nulls: ['', 'NULL', '\\N'],
  quoted: random.pick([0, 30, 100]),
  lastEol: random.pick([true, false]),
})

/** One field as the file has it. */
export function field(text: string | null, dialect: Dialect, random: Random): string {
  if (text === null) return random.pick(dialect.nulls)
  // A quote in the middle of a field that does not begin with one is an ordinary character.
  const needs =
    text === '' || text === 'NULL' || text === '\\N' || text.startsWith('"') || /[\r\n]/.test(text) || text.includes(dialect.delimiter)
  return needs || random.int(1, 100) <= dialect.quoted ? `"${text.replaceAll('"', '""')}"` : text
}

/** A line of the file without its end. */
export const record = (cells: readonly (string | null)[], dialect: Dialect, random: Random): string =>
  cells.map(text => field(text, dialect, random)).join(dialect.delimiter)

/** The whole file; `records` are lines as `record` makes them, header excluded. */
export function writeLines(dir: string, table: string, lines: readonly (string | Buffer)[], dialect: Dialect): void {
  const eol = Buffer.from(dialect.eol)
  const parts = lines.flatMap((line, i) => [Buffer.from(line), ...(i < lines.length - 1 || dialect.lastEol ? [eol] : [])])
  writeFileSync(join(dir, `${table}.csv`), Buffer.concat([Buffer.from(dialect.bom ? '\ufeff' : ''), ...parts]))
}

/** Writes the table's file into `dir`. */
export function writeTable(dir: string, table: Table, random: Random, dialect: Dialect = PLAIN_DIALECT): void {
  const header = table.columns.map(name => field(name, { ...dialect, quoted: 0 }, random)).join(dialect.delimiter)
  const lines = table.rows.map(row =>
    record(
      row.map(cell => cell.text),
      dialect,
      random,
    ),
  )
  writeLines(dir, table.name, [header, ...lines], dialect)
}

/** A folder of the grader's that the learner's program may read. */
export async function folder(scratch: string, name: string): Promise<string> {
  const dir = join(scratch, name)
  await mkdir(dir, { recursive: true, mode: 0o755 })
  return dir
}
