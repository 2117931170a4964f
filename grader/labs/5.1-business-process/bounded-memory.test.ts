import { escapeIdentifier } from 'pg'
import { did, expect, kpi } from '../../kpi/index.ts'
import { bigFile } from './support/big.ts'
import { load } from './support/load.ts'

const MEGABYTES = 32
const WIDE = 800

kpi('bounded-memory', async ({ learner, postgres, random, scratch }) => {
  const rows = random.int(200, 220) * 1000
  const file = bigFile(random, `${scratch}/wide`, rows, { wide: WIDE })
  did(
    `I wrote a file of ~${Math.round(file.bytes / 2 ** 20)} MiB and gave src/load.ts ${MEGABYTES} MB of memory on top of what Node itself needs.`,
  )

  const report = await load({ learner, postgres }, file.dir, { limits: { memoryMb: MEGABYTES } })

  expect(report[file.table]?.added, 'report: rows added').toBe(rows)
  const { rows: found } = await postgres.admin.query(
    `SELECT count(*)::int AS rows, (max(id) - min(id) + 1)::int AS ids, min(length(log)) AS shortest, max(length(log)) AS longest FROM ${escapeIdentifier(file.table)}`,
  )
  expect(found[0], 'rows, ids in a row, length of the longest column').toEqual({ rows, ids: rows, shortest: WIDE, longest: WIDE })
})
