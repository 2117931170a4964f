import { did, expect, kpi } from '../../kpi/index.ts'
import { type Cell, words } from './support/cells.ts'
import { expectRows, expectTypes } from './support/database.ts'
import { folder, type Table, writeTable } from './support/files.ts'
import { load } from './support/load.ts'

const same = (text: string): Cell => ({ text, stored: text })

/** Whole numbers for thousands of rows, and at the very end what they are not. */
kpi('late-surprise', async ({ learner, postgres, random, scratch }) => {
  const dir = await folder(scratch, 'files')
  const rows = random.int(30, 60) * 1000
  // One in a hundred may misfit; one more and the column is text.
  const few = rows / 100
  const at = (i: number, count: number, late: () => string, early: () => string) => same(i >= rows - count ? late() : early())
  const number = () => String(random.int(0, 2_000_000_000))
  const columns: Record<string, { type: string; make: (i: number) => Cell }> = {
    id: { type: 'integer', make: i => same(String(i + 1)) },
    count: { type: 'bigint', make: i => at(i, 1, () => '3000000000', number) },
    weight: { type: 'numeric', make: i => at(i, 1, () => '12.5', number) },
    code: { type: 'text', make: i => at(i, few + 1, () => `A-${random.int(1, 99)}`, number) },
    flag: {
      type: 'text',
      make: i =>
        at(
          i,
          few + 1,
          () => 'maybe',
          () => random.pick(['true', 'false']),
        ),
    },
    open: {
      type: 'boolean',
      make: i =>
        at(
          i,
          few,
          () => 'perhaps',
          () => random.pick(['true', 'false']),
        ),
    },
    day: {
      type: 'text',
      make: i =>
        at(
          i,
          few + 1,
          () => '2026-02-30',
          () => '2026-02-28',
        ),
    },
  }
  const table: Table = {
    name: `stock_${random.word(4)}`,
    columns: Object.keys(columns),
    rows: Array.from({ length: rows }, (_, i) => Object.values(columns).map(column => column.make(i))),
  }
  writeTable(dir, table, random)
  for (const name of ['left', 'right']) writeTable(dir, { name, columns: ['id', 'note'], rows: [[same('1'), same(words(random))]] }, random)
  did(
    `${table.name}.csv has ${rows} rows; "count" outgrows integer and "weight" gets its first decimal in the last one, and ${few + 1} values of "code", "flag" and "day" at the end are something else; of "open" only ${few}.`,
  )

  const report = await load({ learner, postgres }, dir)

  await expectTypes(postgres.admin, table.name, Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, type])))
  expect(report[table.name]?.rejected, 'report: rows set aside, those that misfit "open"').toBe(few)
  await expectRows(postgres.admin, { ...table, rows: table.rows.slice(0, rows - few) })
})
