import { parseMarkdown } from '../../experiments/documents/document.ts'
import { readTable } from '../../experiments/documents/table.ts'
import { did, fail, kpi } from '../../kpi/index.ts'
import { Bench } from './support/bench.ts'
import { CHANGES } from './support/changes.ts'
import { isAllowed } from './support/try-change.ts'

const FILE = 'CONTRACT.md'
const NAMES = CHANGES.map(({ name }) => name)
const COLUMNS = [{ name: 'change', oneOf: NAMES, unique: true }, { name: 'allowed', oneOf: ['yes', 'no'] }, { name: 'why' }] as const

kpi('contract-changes', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const page = parseMarkdown(FILE, await learner.read(FILE))
  const rows = readTable(page, COLUMNS, { under: 'Changes', rows: { column: 'change', names: NAMES } })
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup })
  did(
    `I replayed each row of the table of ${FILE}: released version 1 with src/release.ts on a topic of its own, then sent the change to the registry.`,
  )
  for (const { line, cells } of rows) {
    const change = CHANGES.find(({ name }) => name === cells.change)!
    const { allowed, status, message } = await isAllowed({ registry, learner, random }, bench, change)
    if (allowed === (cells.allowed === 'yes')) continue
    fail({
      subject: `the row "${cells.change}"`,
      expected: `${allowed ? 'yes' : 'no'}: the registry answers ${status}`,
      saw: cells.allowed,
      ...(message ? { details: [message] } : {}),
      lookAt: `${FILE}:${line}`,
    })
  }
})
