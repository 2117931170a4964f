import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeltaError, DeltaTable, FileStore } from '../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { EVERY_TYPE, everyTypes } from './support/every-type.ts'
import { createTable, rowsOf, temporaryDirectory } from './support/tables.ts'

/** Bytes inside Parquet pages are left alone: the store has checksums for them, and Parquet's own are optional (NOTES.md). */
test('log files with random bytes changed, any file cut off: rows or a coded error, never another failure', async () => {
  const directory = temporaryDirectory()
  const table = await createTable(directory.path, { columns: EVERY_TYPE, partitionColumns: ['region'] })
  await table.append(everyTypes(0, 30))
  await table.checkpoint()
  await table.append(everyTypes(30, 5))
  const paths = readdirSync(directory.path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  const outcomes = new Set<string>()
  const damage = fc.record({
    path: fc.constantFrom(...paths),
    at: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { minLength: 1, maxLength: 3 }),
    keep: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) }),
  })
  const property = fc.asyncProperty(damage, async ({ path, at, keep }) => {
    const original = readFileSync(path)
    const bytes = Buffer.from(original.subarray(0, Math.ceil(original.length * keep)))
    for (const [where, value] of path.endsWith('.parquet') ? [] : at)
      if (bytes.length > 0) bytes[Math.floor(where * (bytes.length - 1))] = value
    writeFileSync(path, bytes)
    try {
      await rowsOf(await DeltaTable.open(new FileStore(directory.path)))
      outcomes.add('rows')
    } catch (error) {
      if (!(error instanceof DeltaError)) throw error
      outcomes.add(error.code)
    } finally {
      writeFileSync(path, original)
    }
  })
  await fc.assert(property, { numRuns: Number(process.env['DELTA_RUNS'] ?? 150) })
  expect([...outcomes]).toEqual(expect.arrayContaining(['rows', 'DELTA_DATA_FILE_DAMAGED', 'DELTA_LOG_DAMAGED']))
  directory.remove()
}, 600_000)
