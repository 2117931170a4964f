import { escapeIdentifier } from 'pg'
import { did, eventually, expect, KpiFailure, kpi } from '../../kpi/index.ts'
import type { KpiFixtures, Random } from '../../kpi/types.ts'
import { connect } from './support/business.ts'
import { CELLS, type Cell, NULL_CELL, words } from './support/cells.ts'
import { expectRows, storedRows } from './support/database.ts'
import { folder, PLAIN_DIALECT, record, type Table, writeLines, writeTable } from './support/files.ts'
import { expectAllEnded, expectCounts, load, readReport, runLoader } from './support/load.ts'

const same = (text: string): Cell => ({ text, stored: text })

/** One table with a key, one without, one with bad rows. */
function tables(random: Random): Table[] {
  const keyed = Array.from({ length: 200 }, (_, i) => [
    same(String(i)),
    random.int(0, 4) ? CELLS['numeric']!(random) : NULL_CELL,
    same(words(random)),
  ])
  const loose = Array.from({ length: 200 }, () => [same(random.pick(['a', 'b'])), same(random.pick(['1', '2', '3']))])
  const marked = Array.from({ length: 300 }, (_, i) => [same(String(i)), same(String(random.int(1, 9)))])
  return [
    { name: `k_${random.word(4)}`, columns: ['id', 'amount', 'note'], rows: keyed },
    { name: `l_${random.word(4)}`, columns: ['side', 'lane'], rows: loose },
    { name: `m_${random.word(4)}`, columns: ['id', 'docks'], rows: marked },
  ]
}

/** Both wait for a lock, the one for the table, the other for the table or for its turn; a loader that waits in another way is not waited for long. */
async function bothWait({ admin, user }: KpiFixtures['postgres']): Promise<void> {
  const waiting = `SELECT count(*) = 2 AS yes FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'`
  try {
    await eventually('both wait', async () => (await admin.query<{ yes: boolean }>(waiting, [user])).rows[0]!.yes, { within: 3000 })
  } catch (error) {
    if (!(error instanceof KpiFailure)) throw error
  }
}

kpi('run-again', async ({ learner, postgres, random, scratch }) => {
  const dir = await folder(scratch, 'files')
  const all = tables(random)
  const [keyed, loose, marked] = all as [Table, Table, Table]
  writeTable(dir, keyed, random)
  writeTable(dir, loose, random)
  const lines = marked.rows.map(row =>
    record(
      row.map(cell => cell.text),
      PLAIN_DIALECT,
      random,
    ),
  )
  writeLines(dir, marked.name, ['id,docks', ...lines.slice(0, 150), '900,many', ...lines.slice(150)], PLAIN_DIALECT)

  const gate = await connect(postgres)
  await gate.query(`BEGIN; CREATE TABLE ${escapeIdentifier(keyed.name)} (never integer)`)
  const both = Promise.all([0, 1].map(() => runLoader({ learner, postgres }, dir)))
  await bothWait(postgres)
  await gate.query('ROLLBACK')
  await gate.end()
  did('I started two loaders at once on the same three files, and held back the first table until both were waiting.')
  const ended = await both
  expectAllEnded(learner, 'src/load.ts', ended)
  const reports = ended.map(exit => readReport(exit.stdout))
  for (const table of all) {
    const added = reports.map(report => report[table.name]?.added ?? -1).sort((a, b) => b - a)
    expect(added, `rows added to ${table.name}, by the one and by the other`).toEqual([table.rows.length, 0])
    await expectRows(postgres.admin, table)
  }

  const before = await versions()
  const report = await load({ learner, postgres }, dir)
  did('I ran a third one when both had ended.')
  for (const table of all) {
    expectCounts(report, table.name, { added: 0, updated: 0, unchanged: table.rows.length, rejected: table === marked ? 1 : 0 })
    await expectRows(postgres.admin, table)
  }
  const { rows } = await postgres.admin.query<{ n: number }>('SELECT count(*)::int AS n FROM rejected_rows')
  expect(rows[0]?.n, 'rows in rejected_rows after three runs with one bad row').toBe(1)
  expect(await versions(), 'rows that the third run wrote again').toEqual(before)

  /** xmin changes when a row is written, even with the same values. */
  async function versions(): Promise<string[]> {
    const out: string[] = []
    for (const table of all) {
      await storedRows(postgres.admin, table.name, table.columns)
      const { rows } = await postgres.admin.query<{ n: string }>(`SELECT string_agg(DISTINCT xmin::text, ' ') AS n FROM "${table.name}"`)
      out.push(`${table.name}: written in transaction ~${rows[0]!.n}`)
    }
    return out
  }
})
