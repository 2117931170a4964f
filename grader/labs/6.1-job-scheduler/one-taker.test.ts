import { gateProxy } from '../../experiments/gate-proxy.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { options, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { through } from './support/step-proxy.ts'
import { freeze } from './support/time.ts'

const WORKERS = 3

kpi('one-taker', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  await freeze({ valkey })
  const { master } = await start({ learner, valkey }, { workers: 0 })
  const gate = await gateProxy({ target: valkey.port, lanes: WORKERS, timeline })
  cleanup(() => gate.close())
  const concurrency = random.int(1, 3)
  const env = { CONCURRENCY: String(concurrency) }
  await learner.startMany(WORKERS, 'src/worker.ts', index =>
    options({ valkey }, `worker-${index + 1}`, env, through(valkey.url, gate.ports[index]!)),
  )
  const latency = random.fork('receiver')
  sink.latency = () => latency.int(5, 30)
  const ids = Array.from({ length: random.int(15, 25) }, (_, i) => `${random.word(5)}-${i}`)

  did(
    `${WORKERS} workers with CONCURRENCY ${concurrency} shared ${ids.length} jobs. I held each reply of Redis until all workers had one: what they read, all have read.`,
  )
  gate.lockstep()
  for (const id of ids) await submit(master, sink.job(id, id))
  await sink.reaches(ids.length, 30_000)
  gate.open()
  await submit(master, sink.job('last', 'last'))
  await sink.call('last')

  const twice = ids.filter(id => sink.of(id).length > 1)
  if (twice.length > 0) {
    const takers = sink.of(twice[0]!).length
    fail({
      subject: `workers that ran job ${twice[0]!.replace(/^.*-/, 'number ~')}`,
      expected: '1',
      saw: `~${takers}; so it was with ~${twice.length} of ${ids.length} jobs`,
    })
  }
  expect(sink.violations, 'wrong uses of fencing tokens').toEqual([])
  for (const [worker, most] of sink.peak)
    if (most > concurrency)
      fail({
        subject: 'jobs that one worker ran at once',
        expected: `${concurrency} at most`,
        saw: `~${most} (${worker.replace(/\d+/, '~$&')})`,
      })
})
