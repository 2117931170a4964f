import { ndjsonLine } from '../../../datasets/index.ts'
import { between, runNemesis } from '../../experiments/nemesis.ts'
import { recordsIn } from '../../experiments/topic.ts'
import { did, eventually, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { arrived, judgeArrived, ledgerOf } from './support/arrived.ts'
import { csvFile, dueOf, readingsOf } from './support/readings.ts'
import { PATIENCE, post, Rig } from './support/rig.ts'

const ROWS = 20_000
const POSTS = 20
/** Milliseconds: longer than a few hasty tries. */
const OUTAGE = 4000

kpi('broker-killed', async ({ learner, kafka, registry, scratch, random, timeline }) => {
  const data = readingsOf(random, ROWS + POSTS)
  const [rows, posted] = [data.rows.slice(0, ROWS), data.rows.slice(ROWS)]
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  const program = await rig.start()
  const moment = random.int(2000, 5000)
  rig.drop('night.csv', csvFile(rows))
  await eventually(
    `reading ${moment} of night.csv arrives`,
    async () => rig.isDone('night.csv') || (await recordsIn(kafka, rig.topic)) >= moment,
    { within: PATIENCE },
  )
  const inTheMiddle = !rig.isDone('night.csv')
  const outage = between('kill the broker', kafka.kill, kafka.start)
  const healed = runNemesis([{ at: 0, lasts: OUTAGE, fault: outage.name }], [outage], { timeline })
  did(
    `I killed the broker (kill -9) in the middle of night.csv, posted ${POSTS} readings meanwhile, and started it after ${OUTAGE / 1000} s.`,
  )
  const replies = posted.map((row, i) => post(program, ndjsonLine(row), { id: `post-${i}` }).catch(() => undefined))
  const { effective } = await healed
  const statuses = (await Promise.all(replies)).map(reply => reply?.status)
  await eventually('night.csv is in done/', () => !program.running || rig.isDone('night.csv'), { within: PATIENCE })

  expect(program.running, 'src/ingress.ts still runs').toBe(true)
  const odd = statuses.filter(status => status !== undefined && ![200, 429, 503].includes(status))
  expect(odd, 'answers other than 200, 429 and 503').toEqual([])
  const after = await post(program, ndjsonLine(posted[0]!), { id: 'after' })
  expect(after.status, 'answer to a reading that is posted when the broker is back').toBe(200)
  const ledger = ledgerOf([
    { source: 'night.csv', first: 2, dues: rows.map(dueOf) },
    { source: 'after', first: 1, dues: [dueOf(posted[0]!)] },
  ])
  for (const [i, row] of posted.entries()) {
    // Without an answer, or with 503, it may be there or not.
    const { reading } = dueOf(row)
    ledger.attempt(`post-${i}:1`, { scope: `post ${i}`, value: reading! })
    if (statuses[i] === 200) ledger.ack(`post-${i}:1`)
    if (statuses[i] === 429) ledger.refuse(`post-${i}:1`)
  }
  if (!inTheMiddle) inconclusive('night.csv was done before the broker was killed.')
  judgeArrived(ledger, await arrived({ kafka, registry }, rig), { duplicates: true, order: true, faults: effective })
})
