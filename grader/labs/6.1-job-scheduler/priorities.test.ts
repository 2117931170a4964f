import { did, expect, kpi } from '../../kpi/index.ts'
import { leads, options, reaches, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze, words } from './support/time.ts'

kpi('priorities', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const aging = random.int(20, 60) * 1000
  const env = { AGING_MS: String(aging), CONCURRENCY: '1' }
  const { master } = await start({ learner, valkey }, { workers: 0, env })
  await leads(master)

  did(
    `No worker ran. I submitted jobs of random priorities over ${words(aging * 12)}; a waiting job gains one priority every ${words(aging)}.`,
  )
  const jobs: { id: string; priority: number; at: number; rank: number }[] = []
  const add = async (priority: number, delayMs = 0) => {
    const id = `n${jobs.length}-priority-${priority}`
    const at = clock.now() + delayMs
    jobs.push({ id, priority, at, rank: at - priority * aging })
    await submit(master, sink.job(id, priority, { priority, delayMs }))
    return id
  }
  await add(0)
  for (let i = 0; i < 36; i++) {
    await add(random.int(0, 9))
    await clock.advance(random.pick([0, 1, Math.floor(aging / 3), aging - 1, aging]))
  }
  // An old job of priority 0 has overtaken a new one of priority 9 by now: nobody starves.
  await clock.set(jobs[0]!.at + 9 * aging + 1)
  await add(9)
  // Two delayed jobs, the later one submitted first: when somebody looks next, the time of both has come.
  did('Then two delayed ones of one priority, the later one first; the clock went on, and a master looked when the time of both had come.')
  const priority = random.int(0, 9)
  const delayed = [await add(priority, 2 * aging), await add(priority, aging)]
  await clock.advance(3 * aging)
  for (const id of delayed) await reaches(master, id, 'waiting')
  await learner.start('src/worker.ts', options({ valkey }, 'worker-1', env))
  await sink.reaches(jobs.length)

  const expected = [...jobs].sort((a, b) => a.rank - b.rank || jobs.indexOf(a) - jobs.indexOf(b)).map(one => one.id)
  const seen = sink.applied.map(call => call.job)
  const wrong = expected.findIndex((id, i) => seen[i] !== id)
  const began = jobs[0]!.at
  const tell = (id: string | undefined) => {
    const one = jobs.find(candidate => candidate.id === id)
    return one ? `priority ${one.priority}, ready at +${words(one.at - began) || '0 s'} (${id})` : 'nothing'
  }
  if (wrong >= 0) did(`One worker with CONCURRENCY 1 ran them; the first ${wrong} came in the right order.`)
  expect(tell(seen[wrong]), 'the job that ran next').toBe(tell(expected[wrong]))
})
