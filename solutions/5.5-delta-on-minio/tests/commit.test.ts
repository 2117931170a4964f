import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { column, DeltaTable, FileStore } from '../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { FaultyStore } from './support/faulty-store.ts'
import { createTable, rowsOf, temporaryDirectory } from './support/tables.ts'

let directory: ReturnType<typeof temporaryDirectory>
let store: FaultyStore
let table: DeltaTable
beforeEach(async () => {
  directory = temporaryDirectory()
  await createTable(directory.path, { columns: [column('id', 'long', false), column('v', 'string')] })
  store = new FaultyStore(directory.path)
  table = await DeltaTable.open(store)
})
afterEach(() => directory.remove())

const others = () => DeltaTable.open(new FileStore(directory.path))
const ids = async () => (await rowsOf(await others())).map(({ id }) => Number(id)).sort((a, b) => a - b)
const dataFiles = () => readdirSync(directory.path).filter(name => name.endsWith('.parquet'))

test('a writer that dies between its data files and its commit changes nothing that anybody sees', async () => {
  await table.append([{ id: 1 }])
  store.faults.putIfAbsent = () => Promise.reject(new Error('killed'))
  await expect(table.append([{ id: 2 }])).rejects.toThrow('DELTA_COMMIT_UNKNOWN')
  expect(dataFiles()).toHaveLength(2)
  expect(await ids()).toEqual([1])
  expect((await (await others()).append([{ id: 3 }])).version).toBe(2)
  expect(await ids()).toEqual([1, 3])
})

test('the answer to a commit is lost: the writer finds its own commit and does not write a second', async () => {
  store.faults.putIfAbsent = async (_path, real) => {
    await real()
    throw new Error('socket hang up')
  }
  expect(await table.append([{ id: 1 }])).toMatchObject({ version: 1, committed: true })
  expect(await ids()).toEqual([1])
})

test('a client that tries again by itself is told that the name is taken, by its own first try: still one commit, acknowledged once', async () => {
  store.faults.putIfAbsent = async (_path, real) => {
    await real()
    return await real()
  }
  expect(await table.append([{ id: 1 }])).toMatchObject({ version: 1, committed: true })
  expect(await ids()).toEqual([1])
})

test('an unknown outcome is said, and with a txn the same call settles it', async () => {
  const txn = { appId: 'loader', version: 7 }
  store.faults.putIfAbsent = async (_path, real) => {
    await real()
    store.faults.get = () => Promise.reject(new Error('no route'))
    throw new Error('socket hang up')
  }
  await expect(table.append([{ id: 1 }], { txn })).rejects.toThrow('DELTA_COMMIT_UNKNOWN')
  delete store.faults.putIfAbsent
  delete store.faults.get
  expect(await table.append([{ id: 1 }], { txn })).toEqual({ version: 1, committed: false })
  expect(await ids()).toEqual([1])
})

test('a batch is written once: again, older, and by two writers at a time', async () => {
  const other = await others()
  const write = (table: DeltaTable, version: number) => table.append([{ id: version }], { txn: { appId: 'app', version } })
  expect((await write(table, 5)).committed).toBe(true)
  expect((await write(other, 5)).committed).toBe(false)
  expect((await write(other, 4)).committed).toBe(false)
  const both = await Promise.all([write(table, 6), write(other, 6)])
  expect(both.filter(({ committed }) => committed)).toHaveLength(1)
  expect((await write(table, 7)).committed).toBe(true)
  expect(await table.append([], { txn: { appId: 'app', version: 8 } })).toMatchObject({ committed: true })
  expect((await write(table, 8)).committed).toBe(false)
  expect(await ids()).toEqual([5, 6, 7])
})

/** Another writer commits at the moment at which ours is about to. */
function before(action: () => Promise<unknown>): void {
  store.faults.putIfAbsent = async (_path, real) => {
    delete store.faults.putIfAbsent
    await action()
    return await real()
  }
}

test('an append comes after whatever slipped in, without being planned again', async () => {
  before(async () => (await others()).append([{ id: 1 }]))
  expect(await table.append([{ id: 2 }])).toMatchObject({ version: 2 })
  expect(dataFiles()).toHaveLength(2)
  expect(await ids()).toEqual([1, 2])
})

const ONCE = { maxPlans: 1 }
test.each([
  ['DELTA_CONCURRENT_APPEND', 'a delete, and rows that it should have seen', (t: DeltaTable) => t.append([{ id: 5, v: 'x' }])],
  [
    'DELTA_CONCURRENT_DELETE_DELETE',
    'a delete, and the same file removed',
    (t: DeltaTable) => t.delete([{ column: 'id', op: '=', value: 1 }]),
  ],
  [
    'DELTA_CONCURRENT_DELETE_READ',
    'a delete, and a file that it read compacted',
    (t: DeltaTable) => t.delete([{ column: 'id', op: '=', value: 9 }]),
  ],
  ['DELTA_METADATA_CHANGED', 'a delete, and a new column', (t: DeltaTable) => t.addColumns([column('extra', 'long')])],
])('conflict %s: %s', async (code, _what, interfere) => {
  await table.append([{ id: 1, v: 'x' }])
  // Its statistics do not exclude v = 'x', and it has no such row: it is read and stays.
  await table.append([
    { id: 9, v: 'a' },
    { id: 10, v: 'z' },
  ])
  const strict = await DeltaTable.open(store, ONCE)
  before(async () => interfere(await others()))
  await expect(strict.delete([{ column: 'v', op: '=', value: 'x' }])).rejects.toMatchObject({ code })
  expect(await ids()).toContain(code === 'DELTA_CONCURRENT_DELETE_DELETE' ? 10 : 1)
  expect((await strict.delete([{ column: 'v', op: '=', value: 'x' }])).version).toBeGreaterThanOrEqual(3)
})

test('after a conflict an operation is planned again on what is true then; rows outside its range are no conflict', async () => {
  await table.append([{ id: 1, v: 'x' }])
  before(async () => (await others()).append([{ id: 1, v: 'also' }]))
  expect(await table.merge([{ id: 1, v: 'merged' }], { on: ['id'] })).toMatchObject({ version: 3, metrics: { rowsUpdated: 2 } })
  // One file each of x, also and merged: what the first plan had stored is gone.
  expect(dataFiles()).toHaveLength(3)
  const strict = await DeltaTable.open(store, ONCE)
  before(async () => (await others()).append([{ id: 500, v: 'far' }]))
  expect(await strict.merge([{ id: 1, v: 'again' }], { on: ['id'] })).toMatchObject({ version: 5 })
  before(async () => (await others()).append([{ id: 501, v: 'new' }]))
  expect(await strict.optimize()).toMatchObject({ committed: true })
})

test('WriteSerializable lets a blind append slip in before a delete, as the table property says', async () => {
  const loose = temporaryDirectory()
  await createTable(loose.path, { columns: [column('id', 'long')], configuration: { 'delta.isolationLevel': 'WriteSerializable' } })
  store = new FaultyStore(loose.path)
  const strict = await DeltaTable.open(store, ONCE)
  await strict.append([{ id: 1 }])
  before(async () => (await DeltaTable.open(new FileStore(loose.path))).append([{ id: 1 }]))
  expect(await strict.delete([{ column: 'id', op: '=', value: 1 }])).toMatchObject({ version: 3 })
  expect(await rowsOf(strict)).toEqual([{ id: 1n }])
  loose.remove()
})

test('a checkpoint that cannot be written does not undo the commit', async () => {
  const warnings: string[] = []
  const other = await DeltaTable.open(store, { onWarning: message => warnings.push(message) })
  for (let id = 1; id < 10; id++) await other.append([{ id }])
  store.faults.put = (path, real) => (path.includes('checkpoint') ? Promise.reject(new Error('disk full')) : real())
  expect(await other.append([{ id: 10 }])).toMatchObject({ version: 10, committed: true })
  expect(warnings).toEqual(['no checkpoint of version 10: disk full'])
})
