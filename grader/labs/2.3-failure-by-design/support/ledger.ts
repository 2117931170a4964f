/** What the database has at the end, held against what clients were told. */
import type { ComposeProject } from '../../../engines/docker/project.ts'
import { judgeLedger, type Ledger } from '../../../experiments/ledger.ts'
import { did, eventually, fail } from '../../../kpi/index.ts'

async function rows(project: ComposeProject, statement: string): Promise<string[]> {
  const { code, stdout, stderr } = await project.exec('db', ['psql', '-U', 'fjordline', '-d', 'fleet', '-XAtc', statement], {
    user: 'postgres',
  })
  if (code !== 0) fail({ expected: 'an answer of db', saw: stderr.trim() })
  return stdout.split('\n').filter(Boolean)
}

/** Looks into db itself, not into the API: rows of both tables by what was acknowledged, and each booking with one charge. */
export async function judgeRows(project: ComposeProject, ledger: Ledger, prefix: string, faults: number): Promise<void> {
  const ofPrefix = (table: string, column: string) =>
    eventually('db answers', () => rows(project, `SELECT ${column} FROM ${table} WHERE ${column} LIKE '${prefix}-%'`), {
      within: 20_000,
      every: 200,
    })
  const bookings = await ofPrefix('bookings', 'id')
  const charges = await ofPrefix('charges', 'booking')
  did(`I held the rows of bookings and charges in db against the ~${ledger.size} answers.`)
  judgeLedger(ledger.check(bookings.map(id => ({ id }))), 'the table bookings', faults)
  judgeLedger(ledger.check(charges.map(id => ({ id }))), 'the table charges', faults)
  const charged = new Set(charges)
  const half = [...bookings.filter(id => !charged.has(id)), ...charges.filter(id => !bookings.includes(id))]
  if (half.length > 0)
    fail({ subject: 'bookings and charges in db', expected: 'one charge for each booking', saw: `one without the other: ~${half.length}` })
}
