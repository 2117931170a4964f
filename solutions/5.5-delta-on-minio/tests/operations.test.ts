import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { column, type DeltaTable } from '../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { createTable, rowsOf, sorted, temporaryDirectory } from './support/tables.ts'

let directory: ReturnType<typeof temporaryDirectory>
beforeEach(() => (directory = temporaryDirectory()))
afterEach(() => directory.remove())

const COLUMNS = [column('id', 'long', false), column('part', 'string'), column('v', 'integer')]
const create = (configuration: Record<string, string> = {}): Promise<DeltaTable> =>
  createTable(directory.path, { columns: COLUMNS, partitionColumns: ['part'], configuration })
const files = (): string[] =>
  readdirSync(directory.path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.name.endsWith('.parquet') && !entry.parentPath.endsWith('_delta_log'))
    .map(entry => join(entry.parentPath, entry.name))
const commit = (version: number): Record<string, Record<string, unknown>>[] =>
  readFileSync(join(directory.path, '_delta_log', `${String(version).padStart(20, '0')}.json`), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

test('MERGE updates, inserts, deletes and leaves by key; files without a change are not written anew', async () => {
  const table = await create()
  await table.append([1, 2, 3].map(id => ({ id, part: 'a', v: id })))
  await table.append([{ id: 900, part: 'a', v: 9 }])
  const outcome = await table.merge([{ id: 1, v: -1 }, { id: 2 }, { id: 3, v: 0 }, { id: 4, part: 'b', v: 4 }, { id: 5 }], {
    on: ['id'],
    whenMatched: (source, target) => (source['id'] === 2 ? null : (source['v'] as number) < 0 ? undefined : { ...target, ...source }),
    whenNotMatched: source => (source['v'] === undefined ? undefined : source),
  })
  expect(outcome.metrics).toEqual({ rowsInserted: 1, rowsUpdated: 1, rowsDeleted: 1, rowsCopied: 1, filesRemoved: 1 })
  expect(sorted(await rowsOf(table), 'id')).toEqual([
    { id: 1n, part: 'a', v: 1 },
    { id: 3n, part: 'a', v: 0 },
    { id: 4n, part: 'b', v: 4 },
    { id: 900n, part: 'a', v: 9 },
  ])
  const nothing = await table.merge([{ id: 1, v: -5 }], { on: ['id'], whenMatched: () => undefined })
  expect(nothing).toMatchObject({ version: outcome.version, committed: false })
})

test('MERGE moves a row to another partition; a key twice, null or of a wrong type is refused', async () => {
  const table = await create()
  await table.append([{ id: 1, part: 'a', v: 1 }])
  await table.merge([{ id: 1n, part: 'b' }], { on: ['id'] })
  expect(await rowsOf(table, [{ column: 'part', op: '=', value: 'b' }])).toEqual([{ id: 1n, part: 'b', v: 1 }])
  await expect(table.merge([{ id: 1 }, { id: 1n }], { on: ['id'] })).rejects.toMatchObject({ code: 'DELTA_DUPLICATE_MERGE_KEY' })
  await expect(table.merge([{ v: 1 }], { on: ['id'] })).rejects.toThrow('Row 0, key id: null is null, and null equals no key')
  await expect(table.merge([{ id: 'x' }], { on: ['id'] })).rejects.toThrow('key id: x is neither a bigint')
  await expect(table.merge([{ id: 1 }], { on: ['nope'] })).rejects.toMatchObject({ code: 'DELTA_INVALID_ARGUMENT' })
})

test('a delete by partition reads no file, a delete by value writes only files that have it', async () => {
  const table = await create()
  await table.append([1, 2, 3, 4].map(id => ({ id, part: id % 2 ? 'odd' : 'even', v: id })))
  for (const file of files()) if (file.includes('odd')) writeFileSync(file, 'not a parquet file')
  expect((await table.delete([{ column: 'part', op: '=', value: 'odd' }])).metrics).toMatchObject({ filesRemoved: 1, rowsCopied: 0 })
  expect((await table.delete([{ column: 'v', op: '>=', value: 4 }])).metrics).toEqual({ rowsDeleted: 1, rowsCopied: 1, filesRemoved: 1 })
  expect(await table.delete([{ column: 'v', op: '>', value: 100 }])).toMatchObject({ committed: false })
  expect((await table.delete(row => row['id'] === 2n)).metrics).toEqual({ rowsDeleted: 1, rowsCopied: 0, filesRemoved: 1 })
  expect(await rowsOf(table)).toEqual([])
})

test('conditions skip files by partition and statistics, and give what reading everything gives', async () => {
  const table = await create()
  for (let n = 0; n < 6; n++)
    await table.append(Array.from({ length: 10 }, (_, i) => ({ id: n * 10 + i, part: i % 3 ? 'x' : null, v: i === 9 ? null : n })))
  const all = await rowsOf(table)
  const check = async (where: Parameters<typeof rowsOf>[1], keep: (row: (typeof all)[number]) => boolean) =>
    expect(sorted(await rowsOf(table, where), 'id')).toEqual(sorted(all.filter(keep), 'id'))
  await check([{ column: 'id', op: '<', value: 15 }], ({ id }) => (id as bigint) < 15n)
  await check([{ column: 'id', op: 'in', value: [3, 33, 99] }], ({ id }) => id === 3n || id === 33n)
  await check(
    [
      { column: 'part', op: 'is null' },
      { column: 'v', op: '!=', value: 2 },
    ],
    row => row['part'] === null && row['v'] !== null && row['v'] !== 2,
  )
  await check([{ column: 'v', op: 'is null' }], ({ v }) => v === null)
  await check([{ column: 'part', op: '!=', value: 'x' }], () => false)
  for (const { path } of (await table.latest()).files.slice(2)) writeFileSync(join(directory.path, decodeURIComponent(path)), 'damaged')
  expect(await rowsOf(table, [{ column: 'id', op: '<=', value: 9 }])).toHaveLength(10)
})

test('OPTIMIZE writes small files together: same rows, dataChange false; a second time there is nothing to do', async () => {
  const table = await create()
  for (let id = 0; id < 8; id++) await table.append([{ id, part: id % 2 ? 'a' : 'b', v: id }])
  const before = sorted(await rowsOf(table), 'id')
  const { version, metrics } = await table.optimize()
  expect(metrics).toEqual({ filesRemoved: 8, filesAdded: 2 })
  expect(
    commit(version)
      .flatMap(({ add, remove }) => [add?.['dataChange'], remove?.['dataChange']])
      .filter(value => value !== undefined),
  ).toEqual(Array(10).fill(false))
  expect(sorted(await rowsOf(table), 'id')).toEqual(before)
  expect(await table.optimize()).toMatchObject({ version, committed: false })
})

test('vacuum keeps what the retention protects: the table, what left it lately, what is about to be committed', async () => {
  const table = await create()
  await table.append([{ id: 1, part: 'a' }])
  await table.overwrite([{ id: 2, part: 'a' }])
  const [orphan, fresh] = [join(directory.path, 'part=a', 'orphan.parquet'), join(directory.path, 'part=a', 'fresh.parquet')]
  for (const file of [orphan, fresh]) writeFileSync(file, 'x')
  for (const file of files()) if (file !== fresh) utimesSync(file, 0, 0)
  await expect(table.vacuum({ retentionHours: 1 })).rejects.toMatchObject({ code: 'DELTA_UNSAFE_VACUUM' })
  expect(await table.vacuum({ dryRun: true })).toEqual(['part=a/orphan.parquet'])
  expect(files()).toHaveLength(4)
  expect(await table.vacuum()).toEqual(['part=a/orphan.parquet'])
  expect(await rowsOf(await table.at({ version: 1 }))).toHaveLength(1)
  expect(await table.vacuum({ retentionHours: 0, force: true })).toHaveLength(2)
  expect(await rowsOf(table)).toHaveLength(1)
  await expect(rowsOf(await table.at({ version: 1 }))).rejects.toMatchObject({ code: 'DELTA_DATA_FILE_MISSING' })
  expect(readdirSync(join(directory.path, '_delta_log')).length).toBeGreaterThan(2)
})

test('an overwrite replaces the partitions that it names, and refuses rows of others', async () => {
  const table = await create()
  await table.append([{ id: 1, part: 'a' }, { id: 2, part: 'b' }, { id: 3 }])
  const where = [{ column: 'part', op: '=', value: 'a' }] as const
  await expect(table.overwrite([{ id: 4, part: 'b' }], { where })).rejects.toMatchObject({ code: 'DELTA_VALUE_NOT_ALLOWED' })
  await expect(table.overwrite([], { where: [{ column: 'v', op: '=', value: 1 }] })).rejects.toMatchObject({
    code: 'DELTA_INVALID_ARGUMENT',
  })
  await table.overwrite([{ id: 4, part: 'a' }], { where })
  expect(sorted(await rowsOf(table), 'id').map(({ id }) => id)).toEqual([2n, 3n, 4n])
})

test('a column is added with the rows that need it; older rows have null; what cannot be is refused', async () => {
  const table = await create()
  await table.append([{ id: 1, part: 'a', v: 1 }])
  const addColumns = [column('note', 'string')]
  await table.append([{ id: 2, part: 'a', note: 'new' }], { addColumns })
  await table.append([{ id: 3, part: 'a', note: 'there' }], { addColumns })
  await table.merge([{ id: 1, more: 5n }], { on: ['id'], addColumns: [column('more', 'long')] })
  expect(sorted(await rowsOf(table), 'id').map(({ note, more }) => [note, more])).toEqual([
    [null, 5n],
    ['new', null],
    ['there', null],
  ])
  expect(commit(3).some(({ metaData }) => metaData)).toBe(false)
  expect(await rowsOf(await table.at({ version: 1 }))).toEqual([{ id: 1n, part: 'a', v: 1 }])
  for (const field of [
    column('note', 'long'),
    column('NOTE', 'string'),
    column('must', 'long', false),
    column('a b', 'long'),
    column('x', 'array<int>'),
  ])
    await expect(table.addColumns([field])).rejects.toMatchObject({ code: 'DELTA_INVALID_SCHEMA' })
})

test('an append-only table takes appends and compaction, and nothing else', async () => {
  const table = await create({ 'delta.appendOnly': 'true' })
  await table.append([{ id: 1, part: 'a' }])
  await table.append([{ id: 2, part: 'a' }])
  for (const change of [() => table.delete([]), () => table.overwrite([]), () => table.merge([{ id: 1 }], { on: ['id'] })])
    await expect(change()).rejects.toMatchObject({ code: 'DELTA_CANNOT_MODIFY_APPEND_ONLY' })
  expect(await table.optimize()).toMatchObject({ committed: true })
})

test('rows are taken as they come and split into files by size', async () => {
  const table = await createTable(directory.path, { columns: [column('id', 'long'), column('text', 'string')] }, { targetBytes: 1 << 20 })
  async function* stream() {
    for (let id = 0; id < 120_000; id++) yield { id, text: `${id * 7919} ${Math.sin(id)}` }
  }
  await table.append(stream())
  expect((await table.latest()).files.length).toBeGreaterThan(2)
  let sum = 0n
  for await (const { id } of table.rows({ columns: ['id'] })) sum += id as bigint
  expect(sum).toBe((120_000n * 119_999n) / 2n)
})
