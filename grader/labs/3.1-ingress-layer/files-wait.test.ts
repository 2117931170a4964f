import { csvLine, READINGS_HEADER } from '../../../datasets/index.ts'
import { between, runNemesis, schedule } from '../../experiments/nemesis.ts'
import { recordsIn } from '../../experiments/topic.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { arrived, judgeArrived, ledgerOf } from './support/arrived.ts'
import { dueOf, readingsOf } from './support/readings.ts'
import { PATIENCE, Rig } from './support/rig.ts'

const ROWS = 30_000
/** A column that nobody asked for makes rows long: the file is several times what the program may hold. */
const NOTE = 'the driver says that all is well; '.repeat(200)
const MEGABYTES = 64

kpi('files-wait', async ({ learner, kafka, registry, scratch, random, timeline }) => {
  const data = readingsOf(random, ROWS)
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  const lines = data.rows.map(row => `${csvLine(row).trimEnd()},${NOTE}\n`)
  const file = `${READINGS_HEADER.trim()},note\n${lines.join('')}`
  const program = await rig.start({}, { limits: { memoryMb: MEGABYTES } })
  did(
    `I put a file of ~${Math.round(file.length / 2 ** 20)} MiB into the inbox of an ingress that may use ${MEGABYTES} MB beyond what Node itself needs.`,
  )
  rig.drop('long.csv', file)

  await eventually('the first rows of long.csv arrive', async () => (await recordsIn(kafka, rig.topic)) > 0, { within: PATIENCE })
  const broker = between('pause the broker', kafka.pause, kafka.resume)
  const long = { at: 0, lasts: 2500, fault: broker.name }
  const short = schedule(random, [broker], { count: 3, gap: [1500, 2000], lasts: [300, 600] }).map(one => ({ ...one, at: one.at + 3000 }))
  const { effective } = await runNemesis([long, ...short], [broker], { timeline })
  did('I stopped the broker for 2.5 s while it was being read, and then three times for a moment.')
  await eventually('long.csv is in done/', () => !program.running || rig.isDone('long.csv'), { within: 60_000 })
  expect(program.running, 'src/ingress.ts still runs').toBe(true)

  judgeArrived(ledgerOf([{ source: 'long.csv', first: 2, dues: data.rows.map(dueOf) }]), await arrived({ kafka, registry }, rig), {
    duplicates: true,
    order: true,
    faults: effective,
  })
})
