import { parseMarkdown } from '../../experiments/documents/document.ts'
import { readTable } from '../../experiments/documents/table.ts'
import { recorder } from '../../experiments/predictions/record.ts'
import { did, fail, kpi } from '../../kpi/index.ts'
import { benchOf, freshProbe, inside, onRecord } from './support/bench.ts'
import { OPERATIONS, type Operation, PLACES, type Place } from './support/operations.ts'

const FILE = 'VOLUMES.md'
const places = Object.keys(PLACES) as Place[]
const operations = Object.keys(OPERATIONS) as Operation[]
const COLUMNS = [{ name: 'operation', oneOf: operations, unique: true }, ...places.map(name => ({ name, oneOf: ['kept', 'gone'] }))]

kpi('lifecycle-documented', async ({ compose, learner }) => {
  const page = parseMarkdown(FILE, await learner.read(FILE))
  const rows = readTable(page, COLUMNS, { under: 'Life cycle', rows: { column: 'operation', names: operations } })
  const bench = benchOf(await compose.up({ files: ['probe.yaml'] }), learner.dir)
  const wrong: string[] = []
  for (const { line, cells } of rows) {
    const record = recorder()
    const type = onRecord(bench, record)
    await freshProbe(bench)
    for (const place of places) await inside(type, 'probe', `echo noted > ${PLACES[place]}/note`)
    for (const words of OPERATIONS[cells['operation'] as Operation]('probe')) await type(...words)
    for (const place of places) {
      const fate = (await inside(type, 'probe', `cat ${PLACES[place]}/note`)) ? 'kept' : 'gone'
      if (cells[place] !== fate)
        wrong.push(`${FILE}:${line}: after ${cells['operation']}, the file in the ${place} is ${fate}; the table says ${cells[place]}`)
    }
  }
  did(`I replayed the ${rows.length} rows of the table in ${FILE}: a file in each of five places, the operation, and a look at each.`)
  if (wrong.length > 0)
    fail({
      subject: `the ${rows.length * places.length} cells of the table`,
      expected: 'what happened',
      saw: `${wrong.length} of them ${wrong.length === 1 ? 'says' : 'say'} otherwise`,
      details: wrong,
      lookAt: wrong[0]!.split(': ')[0]!,
    })
})
