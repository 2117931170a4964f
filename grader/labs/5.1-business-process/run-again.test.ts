import { did, expect, kpi } from '../../kpi/index.ts'
import type { Random } from '../../kpi/types.ts'
import { CELLS, type Cell, NULL_CELL, words } from './support/cells.ts'
import { expectRows, storedRows } from './support/database.ts'
import { folder, PLAIN_DIALECT, record, type Table, writeLines, writeTable } from './support/files.ts'
import { load, readReport, startLoader } from './support/load.ts'

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

  const both = await Promise.all([0, 1].map(() => startLoader({ learner, postgres }, dir)))
  const exits = await Promise.all(both.map(program => program.exited))
  did('I started two loaders at the same moment on the same three files.')
  expect(
    exits.map(exit => String(exit.code ?? exit.signal)),
    'exit codes of the two',
  ).toEqual(['0', '0'])
  const reports = both.map(program =>
    readReport(
      program.logs
        .filter(line => line.stream === 'stdout')
        .map(line => line.text)
        .join('\n'),
    ),
  )
  for (const table of all) {
    const added = reports.map(report => report[table.name]?.added ?? -1).sort((a, b) => b - a)
    expect(added, `rows added to ${table.name}, by the one and by the other`).toEqual([table.rows.length, 0])
    await expectRows(postgres.admin, table)
  }

  const before = await versions()
  const report = await load({ learner, postgres }, dir)
  did('I ran a third one when both had ended.')
  for (const table of all) {
    expect(report[table.name], `report on ${table.name}`).toMatchObject({ added: 0, updated: 0, unchanged: table.rows.length })
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
