import { parseMarkdown } from '../../experiments/documents/document.ts'
import { readTable } from '../../experiments/documents/table.ts'
import { recordsIn } from '../../experiments/topic.ts'
import { did, eventually, fail, kpi } from '../../kpi/index.ts'
import { Bench, framed, PATIENCE, printed, V1 } from './support/bench.ts'
import { foreignId } from './support/foreign.ts'
import { readingsOf } from './support/readings.ts'
import { setAside } from './support/set-aside.ts'

const FILE = 'CONTRACT.md'
const REASONS = ['unframed', 'unknown-schema', 'foreign-schema', 'undecodable'] as const
const BYTES = /^(?:(?:[0-9a-f]{2})+|ID|OTHER)(?: (?:(?:[0-9a-f]{2})+|ID|OTHER))*$/
const COLUMNS = [
  {
    name: 'value',
    unique: true,
    wanted: 'hexadecimal digits, with ID or OTHER where a schema’s id belongs',
    fits: (cell: string) => BYTES.test(cell),
  },
  { name: 'reason', oneOf: REASONS },
] as const

const hex = (id: number): string => id.toString(16).padStart(8, '0')

kpi('contract-examples', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const page = parseMarkdown(FILE, await learner.read(FILE))
  const rows = readTable(page, COLUMNS, { under: 'What never passes', rows: { column: 'reason', names: REASONS } })
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup }, { partitions: 1 })
  const id = await bench.released(V1)
  const other = await foreignId({ learner, kafka, registry })
  const bytes = rows.map(({ cells }) =>
    Buffer.from(cells.value.replaceAll('ID', hex(id)).replaceAll('OTHER', hex(other)).replaceAll(' ', ''), 'hex'),
  )
  const end = await framed(learner, V1, id, readingsOf(random, 1)[0]!)
  did(`I sent the ${rows.length} values of the table of ${FILE} and a good reading after them, and started src/consumer.ts.`)
  await bench.send([...bytes, end].map(value => ({ value })))
  const program = await bench.consume(V1, 'reader')
  await eventually('the good reading is printed', () => printed(program).some(({ offset }) => offset === rows.length), { within: PATIENCE })
  await eventually(
    'what is none is on the reject topic',
    async () => (await recordsIn(kafka, bench.rejectTopic)) + printed(program).length > rows.length,
    { within: PATIENCE },
  )

  const aside = await setAside({ kafka }, bench)
  for (const [offset, { line, cells }] of rows.entries()) {
    const reason = aside.find(each => each.offset === offset)?.reason ?? 'it passes as data'
    if (reason !== cells.reason)
      fail({
        subject: `the example ${cells.value}`,
        expected: `${cells.reason}, as the table says`,
        saw: reason,
        lookAt: `${FILE}:${line}`,
      })
  }
})
