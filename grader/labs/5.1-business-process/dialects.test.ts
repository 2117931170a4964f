import { did, kpi } from '../../kpi/index.ts'
import type { Random } from '../../kpi/types.ts'
import { CELLS, type Cell, NULL_CELL, words } from './support/cells.ts'
import { expectRows, expectTypes } from './support/database.ts'
import { anyDialect, type Dialect, folder, type Table, writeTable } from './support/files.ts'
import { load } from './support/load.ts'

/** Texts that only a real CSV parser gets right. */
const HARD: ((random: Random) => string)[] = [
  random => `${words(random)}\n${words(random)}`,
  random => `line one\r\n${words(random)}\n\nline four`,
  random => `"${words(random)}"`,
  random => `she said ""${random.word(3)}""`,
  random => `5" pipe ${random.word(3)}`,
  random => `a,b;c ${random.word(3)}`,
  () => '"',
  () => '',
  () => 'NULL',
  () => '\\N',
  () => 'null',
  () => '\\.',
  () => ' blanks stay ',
  random => `tab\tand \\n ${random.word(2)}`,
  random => `e\u0301 ≠ é 🚚 ${random.word(3)}`,
]

const text = (value: string): Cell => ({ text: value, stored: value })

function table(random: Random, name: string, dialect: Dialect): Table {
  const columns = [
    'id',
    'note',
    `amount ${random.word(2)}`,
    random.pick(['a "quoted" name', `with${dialect.delimiter}delimiter`, 'Größe']),
    'seen at',
  ]
  const rows = Array.from({ length: 120 }, (_, i): Cell[] => [
    text(String(i + 1)),
    i < HARD.length ? text(HARD[i]!(random)) : random.int(0, 4) === 0 ? NULL_CELL : text(random.pick(HARD)(random)),
    random.int(0, 3) === 0 ? NULL_CELL : CELLS['numeric']!(random),
    random.int(0, 3) === 0 ? NULL_CELL : text(words(random)),
    random.int(0, 3) === 0 ? NULL_CELL : CELLS['timestamptz']!(random),
  ])
  return { name, columns, rows: random.shuffle(rows) }
}

const told = ({ delimiter, eol, bom, quoted }: Dialect): string =>
  `${delimiter === ',' ? 'comma' : 'semicolon'}, ${eol === '\n' ? 'LF' : 'CRLF'}${bom ? ', byte order mark' : ''}${quoted === 100 ? ', all quoted' : ''}`

kpi('dialects', async ({ learner, postgres, random, scratch }) => {
  const dir = await folder(scratch, 'files')
  // Each property in both its forms, in mixtures that the seed draws.
  const first = anyDialect(random)
  const flipped: Dialect = {
    ...first,
    delimiter: first.delimiter === ',' ? ';' : ',',
    eol: first.eol === '\n' ? '\r\n' : '\n',
    bom: !first.bom,
  }
  const dialects = random.shuffle([first, { ...flipped, quoted: 100 }, { ...anyDialect(random), quoted: 0 }])
  const tables = dialects.map((dialect, i) => table(random, `${random.word(4)}_${i}`, dialect))
  for (const [i, one] of tables.entries()) {
    writeTable(dir, one, random, dialects[i])
    did(`${one.name}.csv: ${told(dialects[i]!)}; quotes, line breaks and ${dialects[i]!.nulls.length} spellings of NULL.`)
  }

  await load({ learner, postgres }, dir)

  for (const one of tables) {
    const [id, note, amount, name, seen] = one.columns as [string, string, string, string, string]
    await expectTypes(postgres.admin, one.name, {
      [id]: 'integer',
      [note]: 'text',
      [amount]: 'numeric',
      [name]: 'text',
      [seen]: 'timestamptz',
    })
    await expectRows(postgres.admin, one)
  }
})
