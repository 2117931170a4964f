import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { writeAside } from './support/office.ts'
import { connectOwner } from './support/pipeline.ts'
import { startWatcher } from './support/watch.ts'

const LIMIT = 6 * 2 ** 20
const MEGABYTES = 10

/** A slot that nobody reads, a log that grows, and a database that goes away for a moment. */
kpi('growth-watched', async ({ learner, postgres, cleanup, random }) => {
  const client = await connectOwner(postgres)
  cleanup(() => client.end().catch(() => {}))
  await client.query(await learner.read('sql/tables.sql'))
  const { rows: settings } = await client.query<{ wal_level: string }>('SHOW wal_level')
  const level = settings[0]!.wal_level
  if (level !== 'logical') fail({ subject: 'wal_level of PostgreSQL', expected: 'logical', saw: level, lookAt: 'compose.yaml' })
  const slot = `slot_${random.word(8)}`
  await client.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [slot])
  await writeAside(client, 2)
  const retained = async () => {
    const { rows } = await postgres.admin.query<{ bytes: string }>('SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) AS bytes FROM pg_replication_slots WHERE slot_name = $1', [slot]) // biome-ignore format: one line
    return Number(rows[0]!.bytes)
  }
  const watcher = await startWatcher({ learner, postgres }, slot, LIMIT)
  did('I made a slot, wrote 2 MB of log, and started src/watch.ts with a LIMIT_BYTES of 6 MB. Nobody reads the slot.')
  await watcher.says('it says ok, and that the slot is not active', ({ state, active }) => state === 'ok' && !active)

  await writeAside(client, MEGABYTES)
  const least = await retained()
  did(`I wrote ${MEGABYTES} MB more.`)
  const look = await watcher.says('it says growing', ({ state }) => state === 'growing')
  const settled = await watcher.says('it says how much log is kept', ({ retained: bytes }) => bytes >= least)
  const most = await retained()
  if (settled.retained > most) fail({ subject: 'retained, in bytes', expected: `~${least} to ~${most}`, saw: `~${settled.retained}` })
  expect(look.slot, 'the slot that it names').toBe(slot)

  await postgres.kill()
  did('I killed PostgreSQL (-9).')
  // Not started again before it was looked for: a fast machine has it back between two looks.
  await watcher.says('it says unknown while PostgreSQL is away', ({ state }) => state === 'unknown')
  await postgres.start()
  did('I started it again.')
  await watcher.says('it says growing again after the outage', ({ state, retained: bytes }) => state === 'growing' && bytes >= least)
})
