import { did, expect, kpi } from '../../kpi/index.ts'
import { CELLS, type Cell, NULL_CELL, words } from './support/cells.ts'
import { expectRows, expectTypes, foreignKeys } from './support/database.ts'
import { folder, type Table, writeTable } from './support/files.ts'
import { expectCounts, load, runLoader } from './support/load.ts'

const same = (text: string): Cell => ({ text, stored: text })

kpi('next-delivery', async ({ learner, postgres, random, scratch }) => {
  const [monday, tuesday, wednesday] = await Promise.all(['monday', 'tuesday', 'wednesday'].map(day => folder(scratch, day)))
  const size = random.int(120, 200)
  const row = (i: number): Cell[] => [
    same(String(i + 1)),
    same(String(random.int(1, 99))),
    random.int(0, 4) === 0 ? NULL_CELL : same(words(random)),
    CELLS['timestamptz']!(random),
  ]
  const columns = ['parcel_id', 'kilos', 'note', 'seen']
  const parcels: Table = { name: 'parcels', columns, rows: Array.from({ length: size }, (_, i) => row(i)) }
  const scans = (ids: number[]): Table => ({
    name: 'scans',
    columns: ['id', 'parcel_id'],
    rows: ids.map((id, i) => [same(String(i)), same(String(id))]),
  })
  const gates: Table = { name: 'gates', columns: ['id', 'name'], rows: [[same('1'), same('west')]] }
  for (const table of [parcels, scans([1, 2]), gates]) writeTable(monday!, table, random)
  await load({ learner, postgres }, monday!)
  did(`On Monday I loaded ${size} parcels, two scans and a gate.`)

  // Tuesday: some rows are gone from the file, some are the same, some have changed (also to and from NULL), some are new.
  const gone = parcels.rows.slice(0, 20)
  const stays = parcels.rows.slice(20, 80)
  const changed = parcels.rows
    .slice(80)
    .map(([id, , note], i) => [id!, same(`${i}.5`), note!.text === null ? same('now known') : NULL_CELL, CELLS['timestamptz']!(random)])
  const fresh = Array.from({ length: 30 }, (_, i) => row(size + i))
  writeTable(tuesday!, { ...parcels, rows: random.shuffle([...stays, ...changed, ...fresh]) }, random)
  // The first refers to a row of Monday that Tuesday's file does not have, the last to a new one.
  writeTable(tuesday!, scans([1, 2, size + 30]), random)
  writeTable(tuesday!, gates, random)
  const report = await load({ learner, postgres }, tuesday!)
  did(
    `On Tuesday ${gone.length} are missing, ${stays.length} are the same, ${changed.length} have changed, ${fresh.length} are new, and kilos have decimals now.`,
  )

  expectCounts(report, 'parcels', {
    added: fresh.length,
    updated: changed.length,
    unchanged: stays.length,
    rejected: 0,
  })
  expectCounts(report, 'scans', { added: 1, updated: 0, unchanged: 2, rejected: 0 })
  await expectTypes(postgres.admin, 'parcels', { parcel_id: 'integer', kilos: 'numeric' })
  const after = { ...parcels, rows: [...gone, ...stays, ...changed, ...fresh] }
  await expectRows(postgres.admin, after)
  expect(await foreignKeys(postgres.admin, 'scans'), 'references of scans').toEqual(['parcel_id → parcels.parcel_id'])

  writeTable(wednesday!, { ...after, columns: ['parcel_id', 'kilos', 'remark', 'seen'] }, random)
  writeTable(wednesday!, scans([3]), random)
  const refused = await runLoader({ learner, postgres }, wednesday!)
  did('On Wednesday the column "note" of parcels.csv is called "remark", and scans.csv has changed.')
  expect(String(refused.code ?? refused.signal), 'exit code of src/load.ts').toBe('2')
  await expectRows(postgres.admin, after)
  await expectRows(postgres.admin, scans([1, 2, size + 30]))
})
