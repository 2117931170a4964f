import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { connectOwner } from './support/pipeline.ts'
import { startWatcher } from './support/watch.ts'

const MIB = 2 ** 20

/** A slot that nobody reads, in the learner's own PostgreSQL, until the server gives it up. */
kpi('slot-limit', async ({ learner, postgres, compose, cleanup, random }) => {
  const project = await compose.warm()
  const client = await connectOwner(postgres)
  cleanup(() => client.end().catch(() => {}))
  const setting = async (name: string) => (await client.query<{ setting: string }>('SELECT setting FROM pg_settings WHERE name = $1', [name])).rows[0]?.setting // biome-ignore format: one line
  const checkpoint = () => project.exec('postgres', ['sh', '-c', 'psql -U "$POSTGRES_USER" -d template1 -c CHECKPOINT'], { within: 60_000 })
  expect(await setting('wal_level'), 'wal_level').toBe('logical')
  const limit = Number(await setting('max_slot_wal_keep_size'))
  if (!(limit >= 16 && limit <= 256))
    fail({ subject: 'max_slot_wal_keep_size', expected: '16 to 256 MB', saw: limit === -1 ? '-1: no limit' : `${limit} MB`, lookAt: 'compose.yaml' }) // biome-ignore format: one line

  const slot = `slot_${random.word(8)}`
  await client.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [slot])
  const watcher = await startWatcher({ learner, postgres }, slot, limit * MIB)
  await watcher.says('src/watch.ts says ok', ({ state }) => state === 'ok')
  for (let written = 0; written < 2 * limit + 64; written += 8) await client.query("SELECT pg_logical_emit_message(false, 'grader', repeat('x', 1048576)) FROM generate_series(1, 8)") // biome-ignore format: one line
  did(`I made a slot that nobody reads and wrote ${2 * limit + 64} MB of log; max_slot_wal_keep_size is ${limit} MB.`)
  await checkpoint()
  await eventually('PostgreSQL has given the slot up (wal_status lost)', async () => {
    const { rows } = await client.query<{ wal_status: string }>('SELECT wal_status FROM pg_replication_slots WHERE slot_name = $1', [slot])
    if (rows[0]?.wal_status === 'lost') return true
    await checkpoint()
    return fail({ saw: `wal_status ${rows[0]?.wal_status}` })
  }, { within: 30_000, every: 500 }) // biome-ignore format: one line
  await watcher.says('src/watch.ts says lost', ({ state }) => state === 'lost')
})
