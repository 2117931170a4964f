import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { column, DeltaTable, FileStore } from '../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { FaultyStore } from './support/faulty-store.ts'
import { createTable, rowsOf, temporaryDirectory } from './support/tables.ts'

let directory: ReturnType<typeof temporaryDirectory>
let log: string
beforeEach(() => {
  directory = temporaryDirectory()
  log = join(directory.path, '_delta_log')
})
afterEach(() => directory.remove())

const commitFile = (version: number) => join(log, `${String(version).padStart(20, '0')}.json`)
const open = () => DeltaTable.open(new FileStore(directory.path))
async function tableOf(commits: number): Promise<DeltaTable> {
  const table = await createTable(directory.path, { columns: [column('id', 'long')] })
  for (let id = 1; id <= commits; id++) await table.append([{ id }])
  return table
}

test('time travel by version and by time; outside the log it says what is there', async () => {
  const table = await tableOf(12)
  // Clocks step: version 5 has an older time than version 4 and counts as just after it.
  for (let version = 0; version <= 12; version++)
    utimesSync(commitFile(version), 0, 1_700_000_000 + version * 10 - (version === 5 ? 25 : 0))
  const count = async (at: Parameters<DeltaTable['at']>[0]) => (await rowsOf(await table.at(at))).length
  expect(await count({ version: 0 })).toBe(0)
  expect(await count({ version: 7 })).toBe(7)
  expect(await count({ timestamp: new Date(1_700_000_000_000 + 70_000) })).toBe(7)
  expect(await count({ timestamp: new Date(1_700_000_000_000 + 79_999) })).toBe(7)
  expect(await count({ timestamp: new Date(1_700_000_000_000 + 40_000) })).toBe(4)
  expect(await count({ timestamp: new Date(1_700_000_000_000 + 40_001) })).toBe(5)
  expect(await count({ timestamp: '2099-01-01T00:00:00Z' })).toBe(12)
  await expect(count({ timestamp: '2001-01-01' })).rejects.toThrow('begins with version 0 at 2023-11-14T22:13:20.000Z')
  await expect(count({ version: 13 })).rejects.toThrow('has the commits 0 to 12; version 13 cannot be made of them')
  for (let version = 0; version < 10; version++) rmSync(commitFile(version))
  expect(await count({ version: 11 })).toBe(11)
  await expect(count({ version: 9 })).rejects.toThrow('DELTA_VERSION_NOT_FOUND')
  expect((await table.history()).map(({ version }) => version)).toEqual([12, 11, 10])
})

test('a gap is damage; a commit that a listing missed is read all the same', async () => {
  await tableOf(5)
  const store = new FaultyStore(directory.path)
  store.faults.list = infos => infos.filter(({ path }) => !path.endsWith('3.json'))
  expect(await rowsOf(await DeltaTable.open(store))).toHaveLength(5)
  rmSync(commitFile(3))
  await expect(open()).rejects.toThrow('00000000000000000003.json is missing, and version 5 is there')
})

test.each(['', '{', '{"version": "x"}', '{"version": 7}', '{"version": 10, "parts": 4}'])('_last_checkpoint is a hint: %s', async text => {
  await tableOf(11)
  writeFileSync(join(log, '_last_checkpoint'), text)
  expect(await rowsOf(await open())).toHaveLength(11)
})

test('checkpoints with a part missing, compacted logs, checksums and temporary files are passed over', async () => {
  await tableOf(11)
  const checkpoint = readFileSync(join(log, '00000000000000000010.checkpoint.parquet'))
  writeFileSync(join(log, '00000000000000000011.checkpoint.0000000001.0000000002.parquet'), checkpoint)
  for (const name of ['00000000000000000011.crc', '00000000000000000003.00000000000000000011.compacted.json', '.x.json.tmp', '11.json'])
    writeFileSync(join(log, name), 'not for us')
  expect(await rowsOf(await open())).toHaveLength(11)
})

test.each([
  ['{"add":{}}', '00000000000000000002.json:1: add.path is undefined, not string'],
  [
    '{"commitInfo":{}}\n{"add":{"path":"x","partitionValues":{},"size":"7","modificationTime":1,"dataChange":true}}',
    ':2: add.size is string',
  ],
  ['{"txn":{"appId":"a"', '00000000000000000002.json:1: '],
  ['[]', 'an action is a JSON object'],
  ['{"add":{"path":"x","partitionValues":{},"size":7,"modificationTime":1,"dataChange":true,"deletionVector":{}}}', 'deletion vector'],
])('a commit that is not what the protocol says is named by file and line: %s', async (text, message) => {
  await tableOf(1)
  writeFileSync(commitFile(2), text)
  await expect(open()).rejects.toThrow(message)
  await expect(open()).rejects.toMatchObject({ code: 'DELTA_LOG_DAMAGED' })
})

test('a data file that is damaged or gone is named', async () => {
  const table = await tableOf(1)
  const file = join(directory.path, readdirSync(directory.path).find(name => name.endsWith('.parquet'))!)
  const bytes = readFileSync(file)
  for (const damaged of [
    bytes.subarray(0, 20),
    Buffer.from('PAR1'),
    Buffer.alloc(0),
    Buffer.concat([bytes.subarray(0, -8), Buffer.from([255, 255, 255, 127]), Buffer.from('PAR1')]),
  ]) {
    writeFileSync(file, damaged)
    await expect(rowsOf(table)).rejects.toMatchObject({ code: 'DELTA_DATA_FILE_DAMAGED' })
  }
  rmSync(file)
  await expect(rowsOf(table)).rejects.toMatchObject({ code: 'DELTA_DATA_FILE_MISSING' })
})

test.each([
  [{ minReaderVersion: 2, minWriterVersion: 5 }, 'To read', 'reader version 2 and writer version 5'],
  [
    { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['deletionVectors'], writerFeatures: ['deletionVectors'] },
    'To read',
    'deletionVectors',
  ],
  [{ minReaderVersion: 1, minWriterVersion: 4 }, 'To write to', 'writer version 4'],
  [
    { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['appendOnly', 'rowTracking'] },
    'To write to',
    'the table features rowTracking',
  ],
])('newer protocols are refused by name: %j', async (protocol, verb, named) => {
  await tableOf(1)
  writeFileSync(commitFile(2), JSON.stringify({ protocol }))
  const attempt = async () => {
    const table = await open()
    expect(await rowsOf(table)).toHaveLength(1)
    await table.append([{ id: 2 }])
  }
  await expect(attempt()).rejects.toMatchObject({ code: 'DELTA_UNSUPPORTED_PROTOCOL' })
  await expect(attempt()).rejects.toThrow(new RegExp(`${verb} .*${named}`))
})

test('unknown actions and fields are ignored; features that amount to writer version 2 are written to', async () => {
  await tableOf(1)
  const protocol = { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['appendOnly', 'invariants'] }
  writeFileSync(commitFile(2), `${JSON.stringify({ protocol })}\n{"somethingNew":{"x":1}}\n\n{"txn":{"appId":"a","version":1,"new":[]}}\n`)
  const table = await open()
  await table.append([{ id: 2 }])
  expect(await rowsOf(table)).toHaveLength(2)
})
