/** What the database has at the end, held against what clients were told. */
import type { ComposeProject } from '../../../engines/docker/project.ts'
import { judgeLedger, type Ledger, type LedgerReport } from '../../../experiments/ledger.ts'
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
  judge(ledger.check(bookings.map(id => ({ id }))), 'bookings', faults)
  judge(ledger.check(charges.map(id => ({ id }))), 'charges', faults)
  const charged = new Set(charges)
  const half = [...bookings.filter(id => !charged.has(id)), ...charges.filter(id => !bookings.includes(id))]
  if (half.length > 0)
    fail({ subject: 'bookings and charges in db', expected: 'one charge for each booking', saw: `one without the other: ~${half.length}` })
}

/** In counts: which requests a fault meets is chance, and the reader needs the kind of the damage. */
function judge(report: LedgerReport, table: string, faults: number): void {
  const { lost, ghosts, doubled } = report
  const saw = [
    lost.length > 0 && `acknowledged with 201 and not there: ~${lost.length}`,
    ghosts.length > 0 && `refused with 503 and there: ~${ghosts.length}`,
    doubled.length > 0 && `there more than once: ~${doubled.length}`,
  ].filter(line => line !== false)
  if (saw.length > 0)
    fail({ subject: `the rows of ${table}`, expected: 'each that was acknowledged, once, and none that was refused', saw: saw.join('; ') })
  judgeLedger(report, `the table ${table}`, faults)
}
