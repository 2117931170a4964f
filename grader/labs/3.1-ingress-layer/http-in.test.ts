import { ndjsonLine } from '../../../datasets/index.ts'
import { recordsIn } from '../../experiments/topic.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { arrived, judgeArrived, ledgerOf } from './support/arrived.ts'
import { dueOf, ndjsonFile, readingsOf } from './support/readings.ts'
import { post, Rig } from './support/rig.ts'

kpi('http-in', async ({ learner, kafka, registry, scratch, random }) => {
  const data = readingsOf(random, 60)
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  // Another schema comes first, so that no id can be guessed.
  const other = JSON.stringify({ type: 'record', name: 'Other', fields: [{ name: random.word(), type: 'string' }] })
  await registry.ask(`/subjects/${kafka.topicPrefix}other-value/versions`, 'POST', { schema: other })
  const program = await rig.start()
  const [one, many] = [data.rows.slice(0, 1), data.rows.slice(1)]
  const ids = [`gps-${random.word(6)}`, `gps-${random.word(6)}`] as const

  did(`I posted one reading as application/json, and ${many.length} as application/x-ndjson, each request with an X-Request-Id.`)
  const first = await post(program, ndjsonLine(one[0]!).trimEnd(), { id: ids[0], type: 'application/json' })
  expect([first.status, first.body], 'answer to one reading').toEqual([200, { accepted: 1, rejected: 0 }])
  expect(await recordsIn(kafka, rig.topic), 'records on the topic when it was answered').toBe(1)
  const second = await post(program, ndjsonFile(many), { id: ids[1] })
  expect([second.status, second.body], `answer to ${many.length} readings`).toEqual([200, { accepted: many.length, rejected: 0 }])
  expect(await recordsIn(kafka, rig.topic), 'records on the topic when it was answered').toBe(data.rows.length)

  const records = await arrived({ kafka, registry }, rig)
  judgeArrived(
    ledgerOf([
      { source: ids[0], first: 1, dues: one.map(dueOf) },
      { source: ids[1], first: 1, dues: many.map(dueOf) },
    ]),
    records,
  )
  const oddKey = records.find(({ key, vehicle }) => key !== vehicle)
  expect(oddKey?.key, `key of a reading of ${oddKey?.vehicle}`).toBe(oddKey?.vehicle)
  const subject = `${rig.topic}-value`
  const { status, body } = await registry.ask<{ id: number }>(`/subjects/${subject}/versions/latest`)
  expect(status, `GET /subjects/<topic>-value/versions/latest of the registry`).toBe(200)
  expect([...new Set(records.map(({ id }) => id === body.id))], 'the id in each frame is that of <topic>-value').toEqual([true])

  did('I posted what is no reading: text/plain, and 1.5 MB.')
  expect((await post(program, 'hello', { type: 'text/plain' })).status, 'answer to text/plain').toBe(415)
  expect((await post(program, 'x'.repeat(1_500_000))).status, 'answer to 1.5 MB').toBe(413)
})
