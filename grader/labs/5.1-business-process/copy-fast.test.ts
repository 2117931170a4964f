import { rmSync } from 'node:fs'
import { compare, verdictOn } from '../../experiments/compare.ts'
import { did, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { bigFile } from './support/big.ts'
import { clear } from './support/database.ts'
import { freeCpus } from './support/free-cpus.ts'
import { load } from './support/load.ts'
import { contentOf, referenceCopy } from './support/reference-copy.ts'

const ROWS = 1_000_000
/** The reference needs at least half the loader's time. */
const TARGET = 0.5
/** A loader and its database share their work between two CPUs; where others take these, that costs them up to twice the time, and a plain COPY less. */
const BUSY_COSTS = 2
/** Share of two CPUs from which on a machine is not busy. */
const FREE = 0.85

kpi('copy-fast', async ({ learner, postgres, random, scratch, timeline }) => {
  const file = bigFile(random, `${scratch}/million`, ROWS, { width: 3 })
  did(`I wrote a file of ${ROWS.toLocaleString('en')} rows (~${Math.round(file.bytes / 2 ** 20)} MiB) and two small ones.`)

  let checked = false
  const loader = async () => {
    await clear(postgres.admin, 'public')
    const began = performance.now()
    const report = await timeline.op('loader', 'src/load.ts', () => load({ learner, postgres }, file.dir, { within: 60_000 }))
    const took = performance.now() - began
    expect(report[file.table]?.added, 'report: rows added').toBe(ROWS)
    if (!checked)
      expect(await contentOf(postgres.admin, 'public', file), 'what the table holds').toBe(
        await contentOf(postgres.admin, 'reference', file),
      )
    checked = true
    return took
  }
  const reference = async () => {
    await clear(postgres.admin, 'reference')
    return timeline.op('reference', 'one COPY, types known', () => referenceCopy(postgres.url, file))
  }

  const before = await freeCpus(2)
  const so = await compare(reference, loader, { rounds: 12, enough: now => verdictOn(now, TARGET) !== 'undecided' })

  rmSync(file.dir, { recursive: true })
  const ratio = (1 / so.median).toFixed(1)
  const spread = `~${(1 / so.high).toFixed(1)} to ~${(1 / so.low).toFixed(1)} times`
  did(
    `In turn, I loaded it with one COPY into a table whose types I knew, key added at the end, and with your program: ~${so.pairs.length} pairs.`,
  )
  const verdict = verdictOn(so, TARGET)
  if (verdict === 'undecided')
    inconclusive(`Your loader takes ${spread} as long as the plain COPY: on this machine, now, that is neither within 2 times nor over it.`)
  if (verdict === 'missed') {
    const free = Math.min(before, await freeCpus(2))
    if (free < FREE && so.high * BUSY_COSTS >= TARGET)
      inconclusive(
        `Your loader takes ${spread} as long as the plain COPY, on a machine that gave only ${Math.round(free * 100)} % of two CPUs to whoever wanted them. End what else runs and grade again.`,
      )
    fail({ subject: 'time of your loader, in times of a plain COPY of the same file', expected: 'at most 2', saw: `~${ratio} (${spread})` })
  }
})
