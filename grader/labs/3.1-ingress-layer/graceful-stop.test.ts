import { ndjsonLine } from '../../../datasets/index.ts'
import { recordsIn } from '../../experiments/topic.ts'
import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { arrived, judgeArrived, ledgerOf } from './support/arrived.ts'
import { csvFile, dueOf, readingsOf } from './support/readings.ts'
import { PATIENCE, post, Rig } from './support/rig.ts'

const ROWS = 30_000
const POSTS = 8

kpi('graceful-stop', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const data = readingsOf(random, ROWS + POSTS)
  const [rows, posted] = [data.rows.slice(0, ROWS), data.rows.slice(ROWS)]
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  let program = await rig.start()

  await kafka.pause()
  cleanup(() => kafka.resume())
  const replies = posted.map((row, i) => post(program, ndjsonLine(row), { id: `post-${i}` }).catch(() => undefined))
  await eventually(`GET /ready tells of ${POSTS} pending rows`, async () => {
    const body = (await (await fetch(`${program.url}/ready`)).json()) as { pending?: number }
    return body.pending === POSTS ? true : fail({ saw: `pending: ${body.pending}` })
  })
  did(`I stopped the broker (SIGSTOP), posted ${POSTS} readings, sent SIGTERM to the ingress, and let the broker go on.`)
  const stopped = program.stop(15_000)
  await kafka.resume()
  const first = await stopped
  const answered = (await Promise.all(replies)).filter(reply => reply?.status === 200)
  expect(answered.length, `of the ${POSTS} readings that were under way at SIGTERM, answered with 200`).toBe(POSTS)
  expect(first.forced ? 'still running after 15 s' : first.code, 'exit code after SIGTERM').toBe(0)

  program = await program.restart()
  const moment = random.int(3000, 8000)
  rig.drop('night.csv', csvFile(rows))
  const reached = async () => rig.isDone('night.csv') || (await recordsIn(kafka, rig.topic)) >= moment
  await eventually(`reading ${moment} of night.csv arrives`, reached, { within: PATIENCE })
  const inTheMiddle = !rig.isDone('night.csv')
  const second = await program.stop(15_000)
  did(`I started it again, sent SIGTERM after ~${moment} readings of night.csv, and started it once more.`)
  expect(second.forced ? 'still running after 15 s' : second.code, 'exit code after SIGTERM in the middle of a file').toBe(0)
  if (!inTheMiddle) inconclusive('night.csv was done before the stop.')
  expect(rig.isDone('night.csv'), 'night.csv was read to its end before the ingress stopped').toBe(false)
  await program.restart()
  await rig.done('night.csv')

  judgeArrived(
    ledgerOf([
      { source: 'night.csv', first: 2, dues: rows.map(dueOf) },
      ...posted.map((row, i) => ({ source: `post-${i}`, first: 1, dues: [dueOf(row)] })),
    ]),
    await arrived({ kafka, registry }, rig),
  )
})
