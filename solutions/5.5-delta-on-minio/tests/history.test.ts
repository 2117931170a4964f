import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeltaTable, FileStore, type Row } from '../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { COLUMNS, HISTORY, model, perform } from './support/random-history.ts'
import { createTable, rowsOf, temporaryDirectory } from './support/tables.ts'

const plain = (rows: readonly Row[]): string[] => rows.map(({ id, part, v }) => `${id} ${part} ${v}`).sort()

/**
 * A table after a random history, against a list of rows: now, at every version before, opened anew, and with the log's
 * checkpoints taken away or its commits up to the last checkpoint taken away.
 */
test('random histories: every version holds what a plain list of rows holds, by commits and by checkpoints', async () => {
  let [checkpoints, compared] = [0, 0]
  const property = fc.asyncProperty(HISTORY, fc.constantFrom('1', '3', '10'), async (steps, interval) => {
    const directory = temporaryDirectory()
    try {
      const configuration = { 'delta.checkpointInterval': interval }
      const table = await createTable(directory.path, { columns: COLUMNS, partitionColumns: ['part'], configuration })
      const versions = new Map<number, Row[]>([[0, []]])
      let rows: Row[] = []
      for (const step of steps) {
        rows = model(rows, step)
        versions.set(await perform(table, step), rows)
      }
      for (const [version, expected] of versions) expect(plain(await rowsOf(await table.at({ version })))).toEqual(plain(expected))
      compared += versions.size
      const read = async () => plain(await rowsOf(await DeltaTable.open(new FileStore(directory.path))))
      expect(await read()).toEqual(plain(rows))

      const log = join(directory.path, '_delta_log')
      const checkpointed = readdirSync(log).flatMap(name => /^(\d+)\.checkpoint\.parquet$/.exec(name)?.[1] ?? [])
      checkpoints += checkpointed.length
      const last = Math.max(-1, ...checkpointed.map(Number))
      const commits = readdirSync(log).filter(name => /^\d+\.json$/.test(name))
      const hidden = fc.sample(fc.boolean(), 1)[0] ? commits.filter(name => Number(name.slice(0, 20)) <= last) : []
      for (const name of hidden) rmSync(join(log, name))
      if (hidden.length === 0) for (const name of readdirSync(log)) if (!commits.includes(name)) rmSync(join(log, name))
      expect(await read()).toEqual(plain(rows))
    } finally {
      directory.remove()
    }
  })
  await fc.assert(property, { numRuns: Number(process.env['DELTA_RUNS'] ?? 40) })
  expect(checkpoints).toBeGreaterThan(20)
  expect(compared).toBeGreaterThan(100)
}, 600_000)
