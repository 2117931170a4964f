/** Tables of a document, held to a contract of columns, so that their rows can be replayed. */
import { CodedError } from '../../errors/coded-error.ts'
import { nearest } from '../../ui/nearest.ts'
import { type Block, blocksUnder, fold, type MarkdownDocument } from './document.ts'

/** One column of the contract. */
export interface Column {
  name: string
  /** The values that a cell may have. */
  oneOf?: readonly string[]
  /** In words, with `fits`: "a whole number of seconds". */
  wanted?: string
  fits?: (cell: string) => boolean
  /** May be empty. */
  optional?: boolean
  /** No two rows have the same. */
  unique?: boolean
}

/** A row: cells by the contract's column names, in the contract's spelling where `oneOf` gives one. */
export interface Row<Name extends string> {
  line: number
  cells: Record<Name, string>
}

const ROWS_AT_MOST = 200

/**
 * The rows of the first table that has all columns (in any order; further columns are the author's own).
 * @param options.under only below this heading
 * @param options.rows names that the column of that name must have, each in a row: `{ column: 'operation', names: [...] }`
 * @throws CodedError MR-E-150 no table, MR-E-152 a column is missing, MR-E-153 a cell does not fit, MR-E-154 a row is missing, MR-E-155 too many
 */
export function readTable<const Columns extends readonly Column[]>(
  document: MarkdownDocument,
  columns: Columns,
  options: { under?: string; rows?: { column: Columns[number]['name']; names: readonly string[] } } = {},
): Row<Columns[number]['name']>[] {
  const { file } = document
  const tables = (blocksUnder(document, options.under) ?? []).filter((block): block is TableBlock => block.type === 'table')
  const where = options.under ? ` under the heading "${options.under}"` : ''
  const [best] = tables.toSorted((a, b) => absentFrom(a, columns).length - absentFrom(b, columns).length)
  if (!best) throw new CodedError('MR-E-150', { file, what: `table with the columns ${columns.map(({ name }) => name).join(', ')}`, where })
  const absent = absentFrom(best, columns)
  if (absent.length > 0) throw new CodedError('MR-E-152', { file, line: best.line, column: absent[0]!.name, saw: best.header.join(', ') })
  if (best.rows.length > ROWS_AT_MOST) throw new CodedError('MR-E-155', { file, line: best.line, limit: `${ROWS_AT_MOST} rows` })
  const rows = best.rows.map(row => rowOf(file, best, columns, row))
  for (const column of columns.filter(({ unique }) => unique)) onlyOnce(file, column, rows)
  const { column, names } = options.rows ?? { column: '', names: [] }
  const missing = names.find(name => !rows.some(row => fold(row.cells[column as Columns[number]['name']] ?? '') === fold(name)))
  if (missing !== undefined) throw new CodedError('MR-E-154', { file, line: best.line, column, row: missing })
  return rows
}

type TableBlock = Extract<Block, { type: 'table' }>

const absentFrom = (table: TableBlock, columns: readonly Column[]): Column[] =>
  columns.filter(({ name }) => !table.header.some(header => fold(header) === fold(name)))

function rowOf<Name extends string>(
  file: string,
  table: TableBlock,
  columns: readonly Column[],
  { line, cells }: TableBlock['rows'][number],
): Row<Name> {
  const entries = columns.map(column => {
    const cell = cells[table.header.findIndex(header => fold(header) === fold(column.name))] ?? ''
    return [column.name, checked(file, line, column, cell)]
  })
  return { line, cells: Object.fromEntries(entries) as Record<Name, string> }
}

function checked(file: string, line: number, column: Column, cell: string): string {
  const { name, oneOf, fits, optional, wanted = 'something' } = column
  const refuse = (what: string): never => {
    throw new CodedError('MR-E-153', { file, line, column: name, wanted: what, saw: cell === '' ? 'nothing' : `"${cell.slice(0, 60)}"` })
  }
  if (cell === '') return optional ? '' : refuse(oneOf ? `one of ${oneOf.join(', ')}` : wanted)
  if (oneOf) {
    const value = oneOf.find(each => fold(each) === fold(cell))
    const close = value === undefined ? nearest(cell, [...oneOf]) : null
    return value ?? refuse(`one of ${oneOf.join(', ')}${close ? ` (did you mean ${close}?)` : ''}`)
  }
  return fits && !fits(cell) ? refuse(wanted) : cell
}

function onlyOnce(file: string, { name }: Column, rows: readonly Row<string>[]): void {
  const lines = new Map<string, number>()
  for (const { line, cells } of rows) {
    const first = lines.get(fold(cells[name]!))
    if (first !== undefined)
      throw new CodedError('MR-E-153', {
        file,
        line,
        column: name,
        wanted: `each value once (line ${first} has it, too)`,
        saw: `"${cells[name]!}"`,
      })
    lines.set(fold(cells[name]!), line)
  }
}
