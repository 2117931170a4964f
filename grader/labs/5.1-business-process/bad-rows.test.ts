import { did, expect, kpi } from '../../kpi/index.ts'
import type { KpiFixtures, Random } from '../../kpi/types.ts'
import { CELLS, type Cell, words } from './support/cells.ts'
import { expectRows, expectSame } from './support/database.ts'
import { type Dialect, folder, PLAIN_DIALECT, record, type Table, writeLines, writeTable } from './support/files.ts'
import { expectCounts, load } from './support/load.ts'

const same = (text: string): Cell => ({ text, stored: text })
const ROWS = 600
const COLUMNS = ['parcel_id', 'docks', 'weight', 'open', 'opened on', 'seen at', 'serial', 'depot_id', 'note']
const TYPES = ['', 'integer', 'numeric', 'boolean', 'date', 'timestamptz', 'uuid', '', '']

interface Bad {
  reason: string
  column: string | null
  /** The line as it stands in the file, without its end. */
  raw: Buffer
}

/** Rows that are bad, one of each kind; each is a good row of its own with one thing wrong. */
function badRows(random: Random, dialect: Dialect, make: () => Cell[], taken: string | null): Bad[] {
  const sep = dialect.delimiter
  const line = (cells: Cell[]) =>
    record(
      cells.map(cell => cell.text),
      dialect,
      random,
    )
  const good = () => line(make())
  const withOther = (at: number, text: string | null) =>
    Buffer.from(line(make().map((cell, i) => (i === at ? { text, stored: null } : cell))))
  const misfit = () => random.pick(['ERR', '???', '12:30', 'true!'])
  const cut = (text: string) => text.slice(0, text.indexOf(sep, 12))
  const closedTooEarly = (text: string) => `"${text.slice(0, text.indexOf(sep))}" extra${text.slice(text.indexOf(sep))}`
  return [
    ...[1, 2, 3, 4, 5, 6].map(at => ({ reason: `not-${TYPES[at]}`, column: COLUMNS[at]!, raw: withOther(at, misfit()) })),
    { reason: 'field-count', column: null, raw: Buffer.from(cut(good())) },
    { reason: 'field-count', column: null, raw: Buffer.from(`${good()}${sep}more`) },
    { reason: 'bad-quote', column: null, raw: Buffer.from(closedTooEarly(good())) },
    { reason: 'bad-encoding', column: null, raw: Buffer.concat([Buffer.from(good()), Buffer.from([0xc3, 0x28])]) },
    { reason: 'bad-encoding', column: null, raw: Buffer.concat([Buffer.from(good()), Buffer.from([0])]) },
    { reason: 'duplicate-key', column: 'parcel_id', raw: withOther(0, taken) },
    { reason: 'missing-key', column: 'parcel_id', raw: withOther(0, null) },
    { reason: 'missing-reference', column: 'depot_id', raw: withOther(7, 'D-99') },
  ]
}

kpi('bad-rows', async ({ learner, postgres, random, scratch }) => {
  const dir = await folder(scratch, 'files')
  const dialect: Dialect = { ...PLAIN_DIALECT, delimiter: random.pick([',', ';'] as const), nulls: [''] }
  const depots = ['D-01', 'D-02', 'D-03']
  writeTable(dir, { name: 'depots', columns: ['depot_id', 'name'], rows: depots.map(id => [same(id), same(words(random))]) }, random)
  const make = (note: string): Cell[] => [
    same(`P-${random.word(8)}`),
    ...TYPES.slice(1, 7).map(type => CELLS[type]!(random)),
    same(random.pick(depots)),
    same(note),
  ]
  // Line breaks in fields: the line of a row is not its number.
  const rows = Array.from({ length: ROWS }, () => make(random.int(0, 5) === 0 ? `two\nlines ${random.word(3)}` : words(random)))
  const good: Table = { name: 'parcels', columns: COLUMNS, rows }
  const bad = random.shuffle(badRows(random, dialect, () => make(words(random)), rows[0]![0]!.text))
  // One bad row after each of some good ones; never before the first.
  const places = random.shuffle(Array.from({ length: ROWS - 1 }, (_, i) => i + 1)).slice(0, bad.length)
  const lines: (string | Buffer)[] = [COLUMNS.join(dialect.delimiter)]
  const expected: string[] = []
  let line = 2
  for (const [i, row] of good.rows.entries()) {
    const text = record(
      row.map(cell => cell.text),
      dialect,
      random,
    )
    lines.push(text)
    line += text.split('\n').length
    const spoiled = bad[places.indexOf(i)]
    if (!spoiled) continue
    lines.push(spoiled.raw)
    expected.push(shown(line, spoiled.reason, spoiled.column))
    line += spoiled.raw.toString('latin1').split('\n').length
  }
  writeLines(dir, 'parcels', lines, dialect)
  did(
    `parcels.csv has ${ROWS} good rows and ${bad.length} bad ones among them, each bad in another way; depots.csv has three rows. I ran src/load.ts.`,
  )

  const report = await load({ learner, postgres }, dir)

  expectSame(expected, await setAside(postgres), 'rejected_rows (line, reason, column)')
  await expectRows(postgres.admin, good)
  expectCounts(report, 'parcels', { added: ROWS, updated: 0, unchanged: 0, rejected: bad.length })
  const aside = await postgres.admin.query<{ raw: Buffer }>(`SELECT raw FROM rejected_rows WHERE file = 'parcels.csv' ORDER BY line`)
  const raws = lines.filter(text => bad.some(one => one.raw === text)).map(text => (text as Buffer).toString('latin1'))
  expect(
    aside.rows.map(row => row.raw.toString('latin1')),
    'rejected_rows.raw, the lines as they stand in the file',
  ).toEqual(raws)
})

const shown = (line: unknown, reason: string, column: string | null): string =>
  `line ${line}, ${reason}${column === null ? '' : `, ${column}`}`

async function setAside({ admin }: KpiFixtures['postgres']): Promise<string[]> {
  const { rows } = await admin.query<{ line: string; reason: string; column: string | null }>(
    `SELECT line, reason, "column" FROM rejected_rows WHERE file = 'parcels.csv' ORDER BY line`,
  )
  return rows.map(row => shown(row.line, row.reason, row.column))
}
