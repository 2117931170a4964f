import { between as faultBetween, runNemesis } from '../../experiments/nemesis.ts'
import { recordsIn } from '../../experiments/topic.ts'
import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { arrived } from './support/arrived.ts'
import { between } from './support/between.ts'
import { Nifi } from './support/nifi.ts'
import { csvFile, dueOf, ndjsonFile, readingsOf } from './support/readings.ts'
import { Rig } from './support/rig.ts'

/** Rows of each file; two such files do not fit MAX_PENDING. */
const ROWS = 800
const MAX_PENDING = 250
const WITHIN = 90_000

kpi('nifi-flow', async ({ learner, compose, kafka, registry, scratch, random, timeline, cleanup }) => {
  const data = readingsOf(random, 2 * ROWS + 50, { corrupt: 2 })
  const parts = [data.rows.slice(0, ROWS), data.rows.slice(ROWS, 2 * ROWS), data.rows.slice(2 * ROWS)] as const
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  const program = await rig.start({ MAX_PENDING: String(MAX_PENDING) })
  const seen = await between(program, cleanup)
  const nifi = await Nifi.open(compose, learner, { INGRESS_URL: `http://host.docker.internal:${seen.port}` })
  const dues = data.rows.map(dueOf)
  const [good, bad] = [dues.filter(({ reading }) => reading), dues.filter(({ reject }) => reject)]

  did(
    `I started the service nifi and nifi/flow.json in it, stopped Kafka, and gave the flow a CSV file, an NDJSON file and ${parts[2].length} readings by HTTP; MAX_PENDING is ${MAX_PENDING}.`,
  )
  const outage = faultBetween('pause the broker', kafka.pause, kafka.resume)
  const paused = runNemesis([{ at: 0, lasts: 8000, fault: outage.name }], [outage], { timeline })
  await nifi.drop('monday.csv', csvFile(parts[0]))
  await nifi.drop('tuesday.ndjson', ndjsonFile(parts[1]))
  const status = await nifi.post(ndjsonFile(parts[2]))
  expect(status, 'answer of the flow to POST /readings on port 8090').toBe(200)
  await paused
  did('After 8 s I let Kafka go on.')

  const all = async () => [await recordsIn(kafka, rig.topic), await recordsIn(kafka, rig.rejectTopic)] as const
  await eventually(
    `all ${good.length} good and ${bad.length} bad rows arrive`,
    async () => {
      const [readings, rejected] = await all()
      return (
        (readings >= good.length && rejected >= bad.length) ||
        fail({
          saw: `~${readings} good and ~${rejected} bad ones; the ingress has told the flow to wait ${seen.count(429) > 0 ? 'more than once' : 'never'}`,
        })
      )
    },
    { within: WITHIN, every: 500 },
  )
  if (seen.count(429) === 0) inconclusive('The ingress never told the flow to wait.')
  const left = new Set((await arrived({ kafka, registry }, rig)).map(({ reading }) => reading))
  const lost = good.filter(({ reading }) => !left.delete(reading!))
  expect(lost.length, 'good readings that did not arrive').toBe(0)
  expect([...left], 'readings that nobody has sent').toEqual([])
})
