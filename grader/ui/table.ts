/** Aligned columns. */
import type { Terminal } from './terminal.ts'
import { pad, widthOf, wrap } from './text.ts'

export interface Column {
  header?: string
  align?: 'left' | 'right'
  /** The column that gives way (wraps) when the table is too wide; without one, the widest does. */
  flexible?: boolean
}

/**
 * Rows as aligned lines, two spaces between columns; the flexible column wraps so that no line exceeds the terminal's width.
 * Cells may be coloured.
 * @example table(term, [{ header: 'lab' }, { header: 'title', flexible: true }], [['6.2', 'Rate limiter']])
 */
export function table(term: Terminal, columns: readonly Column[], rows: readonly (readonly string[])[], indent = 0): string[] {
  const headers = columns.map(column => (column.header ? term.c.dim(column.header) : ''))
  const all = columns.some(column => column.header) ? [headers, ...rows] : rows
  const widths = columns.map((_, i) => Math.max(0, ...all.map(row => widthOf(row[i] ?? ''))))
  const total = indent + widths.reduce((sum, w) => sum + w, 0) + 2 * (columns.length - 1)
  const stated = columns.findIndex(column => column.flexible)
  const flexible = stated === -1 ? widths.indexOf(Math.max(...widths)) : stated
  if (total > term.width && flexible !== -1) widths[flexible] = Math.max(12, widths[flexible]! - (total - term.width))
  return all.flatMap(row => layRow(columns, row, widths, indent))
}

function layRow(columns: readonly Column[], row: readonly string[], widths: number[], indent: number): string[] {
  const cells = columns.map((_, i) => (widthOf(row[i] ?? '') > widths[i]! ? wrap(row[i]!, widths[i]!) : [row[i] ?? '']))
  const height = Math.max(1, ...cells.map(lines => lines.length))
  return Array.from({ length: height }, (_, y) =>
    `${' '.repeat(indent)}${cells.map((lines, i) => pad(lines[y] ?? '', widths[i]!, columns[i]!.align === 'right' ? 'right' : 'left')).join('  ')}`.trimEnd(),
  )
}
