import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { start } from './support/container.ts'
import { answers, ask, linesOf, readings } from './support/service.ts'
import { megabytes, SMALL } from './support/size.ts'

/** The small variant as a share of the slim one, at most. */
const SHARE = 0.6

kpi('small-variant', async ({ compose, random, cleanup }) => {
  const slim = await compose.image()
  const small = await compose.image({ file: SMALL })
  did(`I built both: your Dockerfile has ~${megabytes(slim)} MB, ${SMALL} has ~${megabytes(small)} MB.`)
  const container = await start(small, cleanup)
  await answers(container)
  const { csv, lines } = readings(random)
  expect(linesOf((await ask(container, '/report', csv)).text), `lines of the report, by ${SMALL}`).toEqual(lines)
  if (small.bytes > slim.bytes * SHARE)
    fail({
      subject: `size of ${SMALL}`,
      expected: `at most ${SHARE * 100} % of the slim variant`,
      saw: `~${Math.round((100 * small.bytes) / slim.bytes)} %`,
      lookAt: SMALL,
    })
})
