import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { column, DeltaTable, FileStore } from '../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { createTable, rowsOf, sorted, temporaryDirectory } from './support/tables.ts'

let directory: ReturnType<typeof temporaryDirectory>
beforeEach(() => (directory = temporaryDirectory()))
afterEach(() => directory.remove())

const COLUMNS = [column('id', 'long', false), column('name', 'string'), column('price', 'decimal(12,2)'), column('day', 'date')]

test('what is appended is read, by the writer and by whoever opens the table', async () => {
  const table = await createTable(directory.path, { columns: COLUMNS, partitionColumns: ['day'] })
  expect(await table.append([{ id: 1, name: 'a', price: '1.5', day: '2024-01-31' }])).toEqual({ version: 1, committed: true })
  await table.append([{ id: 9007199254740993n, price: 2, day: new Date('2024-02-01T23:59:59Z') }])
  const expected = [
    { id: 1n, name: 'a', price: '1.50', day: '2024-01-31' },
    { id: 9007199254740993n, name: null, price: '2.00', day: '2024-02-01' },
  ]
  expect(sorted(await rowsOf(table), 'id')).toEqual(expected)
  expect(sorted(await rowsOf(await DeltaTable.open(new FileStore(directory.path))), 'id')).toEqual(expected)
})

test.each([
  ['Row 1, column name: 7 is not a string', { id: 1, name: 7 }],
  ['Row 1, column id: null is null, and the column is not nullable', { id: null }],
  ["Row 1, column price: '1.005' has more than 2 digits after the point", { id: 1, price: '1.005' }],
  ['has more than 12 digits', { id: 1, price: '12345678901.00' }],
  ['is no day of the calendar', { id: 1, day: '2024-02-30' }],
  ['does not fit 64 bits', { id: 2n ** 63n }],
  ['is neither a bigint nor a safe whole number', { id: 1.5 }],
  ["Row 1 has the column 'nmae', which the table does not have", { id: 1, nmae: 'x' }],
])('a row that does not fit is refused by row and column, and nothing of the batch is there: %s', async (message, row) => {
  const table = await createTable(directory.path, { columns: COLUMNS })
  await expect(table.append([{ id: 1 }, row])).rejects.toThrow(message)
  expect(await rowsOf(table)).toEqual([])
  expect(readdirSync(directory.path)).toEqual(['_delta_log'])
})

test('one line of JSON an action, statistics with exact numbers', async () => {
  const table = await createTable(directory.path, { columns: COLUMNS })
  await table.append([{ id: 9007199254740993n, price: '0.10', name: 'é'.repeat(40) }, { id: -1n }])
  const lines = readFileSync(join(directory.path, '_delta_log/00000000000000000001.json'), 'utf8').trimEnd().split('\n')
  expect(lines.map(line => Object.keys(JSON.parse(line)))).toEqual([['commitInfo'], ['add']])
  const { stats } = JSON.parse(lines[1]!).add
  expect(stats).toContain('"id":9007199254740993')
  expect(JSON.parse(stats)).toMatchObject({
    numRecords: 2,
    minValues: { id: -1, price: 0.1, name: 'é'.repeat(32) },
    maxValues: { price: 0.1, name: `${'é'.repeat(32)}\u{10ffff}` },
    nullCount: { id: 0, name: 1, price: 1, day: 2 },
  })
})

test('a table is created once', async () => {
  await createTable(directory.path, { columns: COLUMNS })
  await expect(createTable(directory.path, { columns: COLUMNS })).rejects.toThrow('DELTA_TABLE_ALREADY_EXISTS')
})
