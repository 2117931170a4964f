import { did, expect, kpi } from '../../kpi/index.ts'
import { bigFile } from './support/big.ts'
import { load } from './support/load.ts'
import { contentOf, referenceCopy } from './support/reference-copy.ts'

const MEGABYTES = 32

kpi('bounded-memory', async ({ learner, postgres, random, scratch }) => {
  const rows = random.int(240, 260) * 1000
  const file = bigFile(random, `${scratch}/wide`, rows, 800)
  did(
    `I wrote a file of ~${Math.round(file.bytes / 2 ** 20)} MiB and gave src/load.ts ${MEGABYTES} MB of memory on top of what Node itself needs.`,
  )

  const report = await load({ learner, postgres }, file.dir, { limits: { memoryMb: MEGABYTES } })

  expect(report[file.table]?.added, 'report: rows added').toBe(rows)
  await referenceCopy(postgres.url, file)
  expect(await contentOf(postgres.admin, 'public', file), 'what the table holds').toBe(await contentOf(postgres.admin, 'reference', file))
})
