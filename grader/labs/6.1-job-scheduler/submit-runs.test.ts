import { did, expect, kpi } from '../../kpi/index.ts'
import { ask, job, reaches, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'

kpi('submit-runs', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const { master } = await start({ learner, valkey })
  const jobs = Array.from({ length: random.int(4, 9) }, (_, i) => ({ id: `${random.word(6)}-${i}`, value: random.word(12) }))

  did(`I submitted ${jobs.length} jobs to the master: one alone, the others in one list.`)
  const [first, ...others] = jobs.map(({ id, value }) => sink.job(id, value))
  await submit(master, first)
  await submit(master, others)
  for (const { id } of jobs) {
    const seen = await reaches(master, id, 'done')
    expect(seen.attempts, `attempts of job ${id}`).toBe(1)
    expect(seen.result, `result of job ${id}`).toBe(`receipt of ${id}`)
  }
  const book = sink.applied.map(call => `${call.job}=${call.value}`).sort()
  expect(book, 'what the receiver got').toEqual(jobs.map(({ id, value }) => `${id}=${value}`).sort())

  did('I submitted one of them again, under the same id, alone and in one list with a new one.')
  const again = random.pick(jobs)
  const reply = await ask<{ created: boolean }>(master, 'POST', '/jobs', sink.job(again.id, 'again'), 200)
  expect(reply.created, `created, when ${again.id} was submitted again`).toBe(false)
  const both = await ask<{ id: string; created: boolean }[]>(
    master,
    'POST',
    '/jobs',
    [sink.job(again.id, 'again'), sink.job('last', 'last')],
    201,
  )
  expect(
    both.map(({ id, created }) => `${id} ${created ? 'created' : 'known'}`),
    'the answer to a list of a known job and a new one',
  ).toEqual([`${again.id} known`, 'last created'])
  await reaches(master, 'last', 'done')
  expect(sink.of(again.id).length, `times that the receiver was called for ${again.id}`).toBe(1)
  expect((await job(master, again.id)).state, `state of ${again.id}`).toBe('done')
  await ask(master, 'GET', `/jobs/${random.word(20)}`, undefined, 404)
})
