import { did, expect, kpi } from '../../kpi/index.ts'
import type { Random } from '../../kpi/types.ts'
import { type Cell, NULL_CELL, uuid, words } from './support/cells.ts'
import { expectRows, foreignKeys, primaryKey } from './support/database.ts'
import { folder, type Table, writeTable } from './support/files.ts'
import { load } from './support/load.ts'

const same = (text: string): Cell => ({ text, stored: text })

interface Expected {
  table: Table
  key: string
  references: string[]
}

/** A family of three tables: the names, the kind of key, and what refers to what are drawn. */
function family(random: Random, style: 'by name' | 'plain id' | 'leftmost'): Expected[] {
  const parent = `${random.word(4)}s`
  const single = parent.slice(0, -1)
  const key = { 'by name': `${single}_id`, 'plain id': 'id', leftmost: `${random.word(3)} no` }[style]
  const value = random.pick([(i: number) => String(i * 3 + 1), (i: number) => `K-${i}`, () => uuid(random)])
  const keys = Array.from({ length: random.int(40, 60) }, (_, i) => value(i))
  const repeated = () => same(random.pick(['north', 'south', 'west']))
  const parents: Table = {
    name: parent,
    // A column that is all different but no key comes first: a number with decimals. One that repeats, too.
    columns: ['share', 'region', key, 'also unique'],
    rows: keys.map((text, i) => [same(`0.${1000 + i}`), repeated(), same(text), same(`u${i}`)]),
  }
  const refers = style === 'plain id' ? `${single}_id` : key
  const prefixed = `home_${refers}`
  const child = `${random.word(4)}_log`
  const children: Table = {
    name: child,
    // No column is unique: the rows get a number. `<x>_ref` has a fitting value but no fitting name.
    columns: ['state', refers, prefixed, `${single}_ref`],
    rows: Array.from({ length: 300 }, () => [
      repeated(),
      same(random.pick(keys)),
      random.int(0, 2) === 0 ? NULL_CELL : same(random.pick(keys)),
      same(random.pick(keys)),
    ]),
  }
  const stranger = `${random.word(4)}_other`
  const others: Table = {
    name: stranger,
    // The name fits, but most values point nowhere; and one whose name fits and whose type does not.
    columns: ['id', refers, `old_${refers}`],
    rows: Array.from({ length: 120 }, (_, i) => [same(String(i)), same(`${value(i)}${i % 2 ? '' : '7'}`), same(`${words(random)} ${i}`)]),
  }
  return [
    { table: parents, key, references: [] },
    { table: children, key: '_row', references: [`${refers} → ${parent}.${key}`, `${prefixed} → ${parent}.${key}`].sort() },
    { table: others, key: 'id', references: [] },
  ]
}

kpi('keys-and-references', async ({ learner, postgres, random, scratch }) => {
  for (const style of ['by name', 'plain id', 'leftmost'] as const) {
    const dir = await folder(scratch, style)
    const expected = family(random, style)
    for (const { table } of random.shuffle(expected)) writeTable(dir, table, random)
    did(
      `Keys ${style}: I wrote ${expected.map(({ table }) => `${table.name}.csv (${table.columns.join(', ')})`).join('; ')}, and ran src/load.ts.`,
    )
    await load({ learner, postgres }, dir)
    for (const { table, key, references } of expected) {
      expect((await primaryKey(postgres.admin, table.name)).join(', ') || 'none', `primary key of ${table.name}`).toBe(key)
      expect((await foreignKeys(postgres.admin, table.name)).join('; ') || 'none', `references of ${table.name}`).toBe(
        references.join('; ') || 'none',
      )
      await expectRows(postgres.admin, table)
    }
  }
})
