import { did, expect, kpi } from '../../kpi/index.ts'
import { words } from './support/cells.ts'
import { expectRows } from './support/database.ts'
import { folder, type Table, writeTable } from './support/files.ts'
import { load } from './support/load.ts'

/** Names that work only when identifiers are quoted. */
const NAMES = ['order', 'Depots', 'cold chain', 'select', 'Ruter', 'user', 'fylke-liste', 'åpningstider']
const COLUMNS = ['name', 'Group', 'from', 'zip code', 'Størrelse', 'table', 'note', 'end']

kpi('first-load', async ({ learner, postgres, random, scratch }) => {
  const dir = await folder(scratch, 'three-files')
  const tables: Table[] = random
    .shuffle(NAMES)
    .slice(0, 3)
    .map(name => {
      const columns = ['id', ...random.shuffle(COLUMNS).slice(0, random.int(2, 4))]
      const rows = Array.from({ length: random.int(5, 12) }, (_, i) =>
        columns.map((_, c) => (c === 0 ? `${random.word(3)}-${i}` : words(random))).map(text => ({ text, stored: text })),
      )
      return { name, columns, rows }
    })
  for (const table of tables) writeTable(dir, table, random)
  did(`I wrote three files: ${tables.map(table => `${table.name}.csv (${table.columns.join(', ')})`).join('; ')}, and ran src/load.ts.`)

  const report = await load({ learner, postgres }, dir)

  for (const table of tables) {
    await expectRows(postgres.admin, table)
    expect(report[table.name]?.added, `report: rows added to ${table.name}`).toBe(table.rows.length)
  }
})
