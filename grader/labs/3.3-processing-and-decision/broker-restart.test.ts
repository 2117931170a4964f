import { between, runNemesis } from '../../experiments/nemesis.ts'
import { did, eventually, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { busyMorning } from './support/busy.ts'
import { truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'

/** Milliseconds that the broker is away. */
const AWAY = 3000
/** Milliseconds until it has read all: a broker that was killed looks through its data first, and gives the group its members back. */
const READS_ON_WITHIN = 60_000

kpi('broker-restart', async ({ learner, kafka, registry, scratch, cleanup, random, timeline }) => {
  const { trucks, readings } = busyMorning(random, 20)
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks, lateness: 20 })
  const processor = await pipe.start()
  const half = Math.floor(readings.length / 2)
  await pipe.send(readings.slice(0, half))
  const outage = between(
    'broker killed',
    () => kafka.kill(),
    () => kafka.start(),
  )
  const { effective } = await runNemesis([{ at: 0, lasts: AWAY, fault: outage.name }], [outage], { timeline })
  if (effective === 0) inconclusive('the broker could not be killed')
  await pipe.send(readings.slice(half))
  const { marks, last } = await pipe.finish(readings)
  did(
    `I sent ${half} readings, killed the broker (kill -9), started it again ${AWAY / 1000} s later with its data, and sent ${readings.length - half} more.`,
  )
  await eventually('the processor reads on, to the end', async () => !processor.running || (await pipe.allRead()), {
    within: READS_ON_WITHIN,
    every: 200,
  })
  const ended = () => fail({ subject: 'the processor', expected: 'it runs on', saw: 'it has ended' })
  if (!processor.running) ended()
  await expectAlerts(pipe, registry, { due: truth([...readings, ...marks]), last, byChance: true })
  if (!processor.running) ended()
})
