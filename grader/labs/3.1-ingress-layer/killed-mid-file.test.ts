import { between, runNemesis } from '../../experiments/nemesis.ts'
import { recordsIn } from '../../experiments/topic.ts'
import { did, eventually, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { arrived, judgeArrived, ledgerOf } from './support/arrived.ts'
import { csvFile, dueOf, ndjsonFile, readingsOf } from './support/readings.ts'
import { PATIENCE, Rig } from './support/rig.ts'

const ROWS = 40_000
const MAX_PENDING = 400
/** Milliseconds that Kafka is away before the kill, and after it. */
const AWAY = 300

kpi('killed-mid-file', async ({ learner, kafka, registry, scratch, random, timeline }) => {
  const data = readingsOf(random, ROWS)
  const dues = data.rows.map(dueOf)
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  const [name, content, first] = random.pick([
    ['night.csv', csvFile(data.rows), 2] as const,
    ['night.ndjson', ndjsonFile(data.rows), 1] as const,
  ])
  rig.drop(name, content)
  let program = await rig.start({ MAX_PENDING: String(MAX_PENDING) })
  const moments = [random.int(3000, 6000), random.int(10_000, 14_000), random.int(18_000, 24_000)]
  did(
    `I put ${name} with ${ROWS} readings into the inbox and killed the ingress (kill -9) after ~${moments.join(', ~')} of them, once while Kafka was away; MAX_PENDING is ${MAX_PENDING}.`,
  )

  let kills = 0
  for (const moment of moments) {
    await eventually(
      `reading ${moment} of ${name} arrives`,
      async () => rig.isDone(name) || (await recordsIn(kafka, rig.topic)) >= moment,
      { within: PATIENCE },
    )
    // The second kill hits while Kafka is away: what was read then is in the ingress and nowhere else.
    if (kills === 1) {
      const broker = between('broker killed', kafka.kill, kafka.start)
      const ingress = between('ingress killed', () => program.kill(), () => {}) // biome-ignore format: one line
      await runNemesis([{ at: 0, lasts: 2 * AWAY, fault: broker.name }, { at: AWAY, lasts: 0, fault: ingress.name }], [broker, ingress], { timeline }) // biome-ignore format: one line
    } else await program.kill()
    if (!rig.isDone(name)) kills++
    program = await program.restart()
  }
  await rig.done(name)
  if (kills < 2) inconclusive(`Only ${kills} of the kills came while ${name} was being read.`)

  const records = await arrived({ kafka, registry }, rig)
  judgeArrived(ledgerOf([{ source: name, first, dues }]), records, { duplicates: true, faults: kills })
  const twice = records.length - dues.length
  const bound = kills * MAX_PENDING
  if (twice > bound)
    fail({
      subject: 'readings that came twice',
      expected: `at most MAX_PENDING for each kill: ${bound}`,
      saw: `~${twice}`,
      details: [
        'Each has the origin of the first, so that it can be told apart; but so many are read again only when progress is not kept.',
      ],
    })
})
