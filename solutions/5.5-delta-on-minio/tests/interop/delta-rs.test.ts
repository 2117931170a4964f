import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { column, DeltaTable, FileStore } from '../../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { EVERY_TYPE, everyType, everyTypes, PARTITIONS } from '../support/every-type.ts'
import { asText, HOW_TO_INSTALL, PEER_IS_THERE, peer, peerRead } from '../support/peer.ts'
import { createTable, rowsOf, temporaryDirectory } from '../support/tables.ts'

let directory: ReturnType<typeof temporaryDirectory>
beforeEach(() => (directory = temporaryDirectory()))
afterEach(() => directory.remove())

/** Without the commits up to a version nobody can help reading its checkpoint. */
function dropCommits(path: string, upTo: number): void {
  for (let version = 0; version <= upTo; version++) rmSync(join(path, '_delta_log', `${String(version).padStart(20, '0')}.json`))
}

test.skipIf(!PEER_IS_THERE)(
  `delta-rs reads what we write: every type, partitions, deletes, merges, checkpoints (${HOW_TO_INSTALL})`,
  async () => {
    const table = await createTable(directory.path, { columns: EVERY_TYPE, partitionColumns: PARTITIONS })
    await table.append(everyTypes(0, 80))
    for (let n = 0; n < 6; n++) await table.append(everyTypes(100 + n * 10, 10))
    await table.delete([{ column: 'integer', op: '>', value: 2147483600 }])
    await table.merge([{ ...everyType(11), string: 'updated' }, everyType(501)], { on: ['id'] })
    await table.append([{ id: 600, extra: 'new' }], { addColumns: [column('extra', 'string')] })
    await table.delete([{ column: 'region', op: '=', value: 'é😀' }])
    await table.optimize()
    await table.overwrite([{ ...everyType(1), region: 'a b' }], { where: [{ column: 'region', op: '=', value: 'a b' }] })
    await table.append(everyTypes(700, 3), { txn: { appId: 'app', version: 3 } })

    const { schema, version } = await table.latest()
    expect(version).toBeGreaterThan(10)
    const ours = asText(await rowsOf(table), schema)
    const theirs = await peerRead(directory.path)
    expect(theirs.version).toBe(version)
    expect(theirs.types).toEqual(Object.fromEntries(schema.fields.map(({ name, type }) => [name, type])))
    expect(theirs.rows).toEqual(ours)
    const before = await table.at({ version: 7 })
    expect((await peerRead(directory.path, {}, 7)).rows).toEqual(asText(await rowsOf(before), before.schema))

    dropCommits(directory.path, 10)
    expect((await peerRead(directory.path)).rows).toEqual(ours)
  },
)

test.skipIf(!PEER_IS_THERE)(`we read what delta-rs writes, with its checkpoint and without (${HOW_TO_INSTALL})`, async () => {
  const [{ version } = {}] = await peer('write', directory.path, '{}')
  const theirs = await peerRead(directory.path)
  const read = async () => {
    const snapshot = await (await DeltaTable.open(new FileStore(directory.path))).latest()
    expect(snapshot.version).toBe(version)
    return asText(await rowsOf(snapshot), snapshot.schema)
  }
  expect(theirs.rows.length).toBeGreaterThan(100)
  expect(await read()).toEqual(theirs.rows)
  const table = await DeltaTable.open(new FileStore(directory.path))
  const early = await table.at({ version: 8 })
  expect(asText(await rowsOf(early), early.schema)).toEqual((await peerRead(directory.path, {}, 8)).rows)
  dropCommits(directory.path, 12)
  expect(await read()).toEqual(theirs.rows)
  await peer('split', directory.path, '{}', '12')
  expect(await read()).toEqual(theirs.rows)

  const one = await rowsOf(table, [{ column: 'id', op: '=', value: 11n }])
  expect(one.map(({ string }) => string)).toEqual(['updated'])
  await table.merge([{ id: 11n, string: 'by us' }], { on: ['id'] })
  await table.optimize()
  const both = await peerRead(directory.path)
  expect(both.rows).toEqual(asText(await rowsOf(table), (await table.latest()).schema))
  expect(both.rows.filter(({ id }) => id === '11').map(({ string }) => string)).toEqual(['by us'])
})
