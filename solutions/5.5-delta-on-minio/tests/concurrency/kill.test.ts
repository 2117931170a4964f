/** Eight writers on one table in an object store, each killed at random moments. DELTA_KILLS and DELTA_COMMITS make it longer. */
import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { column, DeltaTable, S3Store } from '../../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { type Ledger, runWriter, seeded } from '../support/killed-writer.ts'
import { HOW_TO_INSTALL, PEER_IS_THERE, peer } from '../support/peer.ts'
import { type S3Lite, startS3Lite } from '../support/s3-lite.ts'
import { rowsOf, temporaryDirectory } from '../support/tables.ts'

const KILLS = Number(process.env['DELTA_KILLS'] ?? 1)
const COMMITS = Number(process.env['DELTA_COMMITS'] ?? 6)
const SEED = Number(process.env['DELTA_SEED'] ?? Math.floor(Math.random() * 1e9))

let server: S3Lite
let client: S3Client
const compileCache = temporaryDirectory()
beforeAll(async () => {
  server = await startS3Lite()
  client = server.client()
})
afterAll(async () => {
  client.destroy()
  await server.stop()
  compileCache.remove()
})

async function versionsOf(prefix: string): Promise<number[]> {
  const listed = await Array.fromAsync(new S3Store(client, 'lake', prefix).list('_delta_log/'))
  return listed
    .flatMap(({ path }) => /^_delta_log\/(\d{20})\.json$/.exec(path)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

test(
  `four appenders and four mergers under kill -9: everything exactly once, versions without gaps (seed ${SEED})`,
  async () => {
    const columns = [column('key', 'string', false), column('count', 'long')]
    const table = await DeltaTable.create(new S3Store(client, 'lake', 'counted'), { columns })
    const writers = Array.from({ length: 8 }, (_, index) => {
      const mode = index % 2 === 0 ? ('append' as const) : ('merge' as const)
      return { mode, name: `${mode}-${index}`, random: seeded(SEED + index) }
    })
    const common = { endpoint: server.url, last: COMMITS - 1, kills: KILLS, compileCache: compileCache.path }
    const ledgers: Ledger[] = await Promise.all(writers.map(writer => runWriter({ ...common, ...writer })))
    // A writer that reaches its end before a kill is due is killed less often.
    const kills = ledgers.reduce((sum, ledger) => sum + ledger.kills, 0)
    console.info(`${kills} kills, ${8 * COMMITS} commits`)
    expect(kills).toBeGreaterThan(0)

    const expected = [
      ['all', BigInt(4 * COMMITS)],
      ...writers.flatMap(({ mode, name }) =>
        mode === 'merge' ? [[name, BigInt(COMMITS)]] : Array.from({ length: COMMITS }, (_, n) => [`${name}/${n}`, 1n]),
      ),
    ].sort()
    expect((await rowsOf(table)).map(({ key, count }) => [key, count]).sort()).toEqual(expected)
    expect(await versionsOf('counted')).toEqual(Array.from({ length: 1 + 8 * COMMITS }, (_, version) => version))

    // Each acknowledged version is the commit of the writer and the n that it was acknowledged to.
    for (const [index, { acknowledged }] of ledgers.entries()) {
      for (const [n, version] of acknowledged) {
        const { state } = await table.at({ version })
        expect(state.txns.get(writers[index]!.name)).toMatchObject({ version: n })
      }
    }
  },
  120_000 + 8 * KILLS * 10_000,
)

test.skipIf(!PEER_IS_THERE)(`delta-rs and we append to one table at once (${HOW_TO_INSTALL})`, async () => {
  const columns = [column('writer', 'string'), column('n', 'long')]
  const table = await DeltaTable.create(new S3Store(client, 'lake', 'shared'), { columns })
  const [uri, options] = ['s3://lake/shared', JSON.stringify(server.peerOptions)]
  const ours = async (name: string) => {
    const own = await DeltaTable.open(new S3Store(client, 'lake', 'shared'))
    for (let n = 0; n < 15; n++) await own.append([{ writer: name, n }])
  }
  await Promise.all([
    peer('append', uri, options, '8', 'rust-1'),
    peer('append', uri, options, '8', 'rust-2'),
    ours('ours-1'),
    ours('ours-2'),
  ])
  const rows = (await rowsOf(table)).map(({ writer, n }) => `${writer} ${n}`)
  const expected = [
    ['rust-1', 8],
    ['rust-2', 8],
    ['ours-1', 15],
    ['ours-2', 15],
  ] as const
  expect(rows.sort()).toEqual(expected.flatMap(([name, count]) => Array.from({ length: count }, (_, n) => `${name} ${n}`)).sort())
  expect((await versionsOf('shared')).length).toBe(1 + 46)
})
