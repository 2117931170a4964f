import { expect, test } from 'vitest'
import type { CodedError } from '../../errors/coded-error.ts'
import { parseMarkdown } from './document.ts'
import { readTable } from './table.ts'

const COLUMNS = [
  { name: 'operation', unique: true },
  { name: 'fate', oneOf: ['kept', 'gone'] },
  { name: 'seconds', optional: true, wanted: 'a whole number', fits: (cell: string) => /^\d+$/.test(cell) },
] as const
const page = (table: string) => parseMarkdown('V.md', `# Life cycle\n\n${table}\n`)
const HEAD = '| Fate | why | Operation | seconds |\n|---|---|---|---|\n'
const read = (table: string, rows?: { column: 'operation'; names: string[] }) =>
  readTable(page(table), COLUMNS, { under: 'Life cycle', ...(rows ? { rows } : {}) })
const errorOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return `${(error as CodedError).code} ${(error as CodedError).errorTitle}`
  }
  return 'no error'
}

test('rows with their lines, columns in any order, values in the spelling of the contract', () => {
  expect(read(`${HEAD}| KEPT | it is so | \`down\` | 3 |\n| gone | | down -v | |`)).toEqual([
    { line: 5, cells: { operation: 'down', fate: 'kept', seconds: '3' } },
    { line: 6, cells: { operation: 'down -v', fate: 'gone', seconds: '' } },
  ])
})

test('of several tables the one with the columns is read', () => {
  expect(read(`| a | b |\n|---|---|\n| 1 | 2 |\n\n${HEAD}| kept | | down | |`)).toHaveLength(1)
})

test.each([
  ['no table', 'nothing', 'MR-E-150 V.md has no table with the columns operation, fate, seconds under the heading "Life cycle"'],
  [
    'a column is missing',
    '| operation | seconds |\n|---|---|\n| a | 1 |',
    'MR-E-152 V.md:3: the table has no column "fate"; it has operation, seconds',
  ],
  ['a value is none', `${HEAD}| lost | | down | 1 |`, 'MR-E-153 V.md:5: the column "fate" takes one of kept, gone, not "lost"'],
  ['a value is nearly one', `${HEAD}| kep | | down | 1 |`, '(did you mean kept?)'],
  ['a cell is empty', `${HEAD}| | | down | 1 |`, 'MR-E-153 V.md:5: the column "fate" takes one of kept, gone'],
  ['a cell does not fit', `${HEAD}| kept | | down | soon |`, 'takes a whole number, not "soon"'],
  [
    'a row comes twice',
    `${HEAD}| kept | | down | 1 |\n| gone | | Down | 1 |`,
    'V.md:6: the column "operation" takes each value once (line 5 has it, too)',
  ],
  ['too many rows', HEAD + Array.from({ length: 201 }, (_, n) => `| kept | | op ${n} | |`).join('\n'), 'MR-E-155'],
])('%s', (_, table, message) => expect(errorOf(() => read(table))).toContain(message))

test('a row that must be there', () => {
  const rows = { column: 'operation' as const, names: ['down', 'kill'] }
  expect(errorOf(() => read(`${HEAD}| kept | | down | 1 |`, rows))).toBe('MR-E-154 V.md:3: the table has no row for kill.')
  expect(read(`${HEAD}| kept | | down | 1 |\n| kept | | KILL | 1 |`, rows)).toHaveLength(2)
})
