import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { ask, job, leads, reaches, soon, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze, HOUR } from './support/time.ts'

kpi('forgotten', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const { master } = await start({ learner, valkey })
  await leads(master)
  const keys = async () => {
    let count = 0
    for await (const found of valkey.admin.scanStream({ match: `${valkey.prefix}*`, count: 1000 }) as AsyncIterable<string[]>)
      count += found.length
    return count
  }
  const wave = async (name: string, count: number) => {
    const ids = Array.from({ length: count }, (_, i) => `${name}-${i}`)
    await submit(
      master,
      ids.map(id => sink.job(id, id, { tenant: `${name}-${random.word(5)}` })),
    )
    for (const id of ids) await reaches(master, id, 'done')
  }
  await wave('first', 5)
  await submit(master, sink.job('kept', 0, { delayMs: 72 * HOUR }))
  const few = await keys()

  const many = random.int(150, 250)
  did(
    `I ran ${many} jobs of as many tenants, and cancelled one. An hour later they could still be looked at; then I moved the clock on by two days.`,
  )
  await wave('many', many)
  await submit(master, sink.job('cancelled', 0, { delayMs: HOUR }))
  await ask(master, 'DELETE', '/jobs/cancelled')
  await clock.advance(HOUR)
  expect((await job(master, `many-${random.int(0, many - 1)}`)).state, 'state of one of them after an hour').toBe('done')
  await clock.advance(48 * HOUR)
  await eventually(
    'Redis keeps nothing of jobs that ended two days ago',
    async () => {
      const left = await keys()
      return left <= few || fail({ expected: `the ${few} keys at most that there were before`, saw: `${left} keys` })
    },
    { within: soon(), every: 100 },
  )
  await ask(master, 'GET', '/jobs/cancelled', undefined, 404)
  expect((await job(master, 'kept')).state, 'state of a job that is still to come').toBe('delayed')
})
