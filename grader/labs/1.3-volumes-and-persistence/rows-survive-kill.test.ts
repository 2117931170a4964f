import { killContainer } from '../../engines/docker/nemesis.ts'
import { judgeLedger, Ledger } from '../../experiments/ledger.ts'
import { type Database, sql, withPostgres, writeEnv } from '../../experiments/outside.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { answers, databaseOf } from './support/db.ts'

const KILLS = 3
/** Writers at once, and acknowledged rows after which db is killed: enough that commits are under way at any moment. */
const WRITERS = 4
const ROWS = 150

kpi('rows-survive-kill', async ({ compose, learner, random, timeline }) => {
  const password = `pw-${random.word(10)}`
  writeEnv(learner.dir, { DB_PASSWORD: password })
  const project = await compose.up()
  const db = databaseOf(project, password)
  await answers(db)
  await sql(db, 'CREATE TABLE bookings (id text PRIMARY KEY)')
  // The table itself is on the disk: what may be lost are rows.
  await sql(db, 'CHECKPOINT')
  const ledger = new Ledger()
  let killed = 0
  for (let round = 1; round <= KILLS; round++) {
    const before = ledger.acked.length
    const writers = Array.from({ length: WRITERS }, (_, n) => write(db, ledger, `${round}-${n}`))
    await eventually('rows are acknowledged', () => ledger.acked.length - before >= ROWS, { within: 20_000 })
    const heal = await timeline.op('db', 'kill -9', async () => killContainer(project, 'db').inject())
    if (heal) killed++
    await Promise.all(writers)
    await heal?.()
    await answers(db)
    did(
      `${WRITERS} clients inserted rows and waited for each COMMIT; I killed db (SIGKILL, kill ${round} of ${KILLS}) and started it again.`,
    )
    const rows = await sql(db, 'SELECT id FROM bookings ORDER BY id').catch(() => [])
    judgeLedger(ledger.check(rows.map(({ id }) => ({ id: String(id) }))), 'bookings', killed)
  }

  did('A kill does not lose what the kernel has still to write, a power cut does. So I asked db for its settings.')
  const [settings] = await sql(db, "SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages")
  expect(`fsync ${settings!['fsync']}, full_page_writes ${settings!['pages']}`, 'what a power cut asks for').toBe(
    'fsync on, full_page_writes on',
  )
})

/** Inserts, one row a transaction, until the connection breaks: then the kill has come. */
async function write(db: Database, ledger: Ledger, name: string): Promise<void> {
  await withPostgres(db, async client => {
    for (let n = 0; ; n++) {
      const acked = await ledger.write(`${name}-${n}`, () => client.query('INSERT INTO bookings VALUES ($1)', [`${name}-${n}`]))
      if (!acked) return
    }
  }).catch(() => {})
}
