import { did, kpi } from '../../kpi/index.ts'
import { CELLS, type Cell, NULL_CELL, TRAPS } from './support/cells.ts'
import { expectRows, expectTypes } from './support/database.ts'
import { edgeColumns } from './support/edges.ts'
import { folder, writeTable } from './support/files.ts'
import { load } from './support/load.ts'

type Make = (i: number) => Cell
const ROWS = 240

kpi('types', async ({ learner, postgres, random, scratch }) => {
  const dir = await folder(scratch, 'files')
  /** Column name → its type and its values. */
  const columns: Record<string, { type: string; make: Make }> = { ...edgeColumns(random) }
  for (const [type, make] of Object.entries(CELLS)) {
    columns[`all ${type}`] = { type, make: () => make(random) }
    columns[`some ${type}`] = { type, make: () => (random.int(0, 3) === 0 ? NULL_CELL : make(random)) }
  }
  for (const [name, make] of Object.entries(TRAPS)) {
    columns[name] = { type: 'text', make: () => ((text: string) => ({ text, stored: text }))(make(random)) }
  }
  const wider =
    (a: string, b: string): Make =>
    i =>
      CELLS[i % 7 === 0 ? b : a]!(random)
  columns['integers and decimals'] = { type: 'numeric', make: wider('integer', 'numeric') }
  columns['small and big'] = { type: 'bigint', make: wider('integer', 'bigint') }
  columns['too big for bigint'] = { type: 'numeric', make: i => same(`${i % 5 === 0 ? 9_223_372_036_854_775_808n + BigInt(i) : i}`) }
  columns['zero and one'] = { type: 'integer', make: () => same(random.pick(['0', '1'])) }
  columns['dates and numbers'] = { type: 'text', make: i => (i % 3 === 0 ? same(String(i)) : CELLS['date']!(random)) }
  columns['numbers and words'] = { type: 'text', make: i => same(i % 20 === 0 ? 'n/a' : String(i)) }
  columns['never there'] = { type: 'text', make: () => NULL_CELL }

  const names = random.shuffle(Object.keys(columns))
  const files = [0, 1, 2].map(part => {
    const own = names.filter((_, i) => i % 3 === part)
    const rows = Array.from({ length: ROWS }, (_, i) => [same(String(i + 1)), ...own.map(name => columns[name]!.make(i))])
    return { name: `${random.word(5)}s_${part}`, columns: ['id', ...own], rows }
  })
  for (const table of files) writeTable(dir, table, random)
  did(`I wrote three files, ${names.length} columns in all, ${ROWS} rows each, and ran src/load.ts.`)

  await load({ learner, postgres }, dir)

  for (const { name, columns: own } of files)
    await expectTypes(postgres.admin, name, Object.fromEntries(own.map(column => [column, columns[column]?.type ?? 'integer'])))
  did('The types are right; I compared each value with the file.')
  for (const table of files) await expectRows(postgres.admin, table)
})

const same = (text: string): Cell => ({ text, stored: text })
