import { judgeLedger, Ledger } from '../../experiments/ledger.ts'
import { runNemesis, schedule } from '../../experiments/nemesis.ts'
import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import type { Program } from '../../learner/types.ts'
import { job, send, start } from './support/cluster.ts'
import { killOne } from './support/faults.ts'
import { startSink } from './support/sink.ts'

const JOBS = 300
const KILLS = 30
/** Milliseconds for all that is left when the last kill is over. */
const PATIENCE = 60_000

kpi('kills', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const env = { LEASE_MS: '1500', MASTER_LEASE_MS: '1000', CONCURRENCY: '5', AGING_MS: '1000', REDIS_TIMEOUT_MS: '5000' }
  const { masters, workers } = await start({ learner, valkey }, { masters: 2, workers: 3, env })
  const ledger = new Ledger()
  // Slow enough that jobs are under way whenever somebody is killed.
  const slow = random.fork('receiver')
  sink.latency = () => slow.int(20, 150)
  sink.behaviour = call => (call.attempt === 1 && call.value === 'fails once' ? 500 : 'pass')

  let killed = 0
  const kill = (role: string, programs: Program[]) => killOne(role, programs, random, () => killed++)
  const worker = kill('worker', workers)
  const faults = [kill('master', masters), worker, worker]

  const answers = new Set<string>()
  /** A client that goes on until somebody says yes, as the contract allows: under the same id. */
  const accepted = (id: string, more: Record<string, unknown>) => {
    let turn = random.int(0, 1)
    return eventually(
      `job ${id} is accepted`,
      async () => {
        const master = masters[turn++ % 2]!
        const reply = await send(master.port, 'POST', '/jobs', sink.job(id, more['value'], more)).catch(() => undefined)
        if (!reply || reply.status === 503) return false
        answers.add(`${reply.status} ${reply.status > 201 ? reply.body.slice(0, 100) : ''}`.trim())
        return true
      },
      { within: PATIENCE },
    )
  }
  did(
    `I killed (-9) workers and masters ${KILLS} times at random moments and started them again, while ${JOBS} jobs were submitted and run.`,
  )
  const over = new AbortController()
  cleanup(() => over.abort())
  const nemesis = async () => {
    while (killed < KILLS) {
      const plan = schedule(random.fork(`from ${killed}`), faults, { count: KILLS - killed, gap: [60, 240] })
      await runNemesis(plan, faults, { timeline, signal: over.signal })
    }
  }
  let next = 0
  const client = async () => {
    for (let i = next++; i < JOBS; i = next++) {
      // As many as the kills have got on: there are jobs as long as there are kills.
      await eventually('the kills go on', () => i / JOBS <= (killed + 1) / KILLS, { within: PATIENCE })
      const [id, failing] = [`job-${i}`, random.next() < 0.1]
      const more = {
        value: failing ? 'fails once' : id,
        tenant: random.pick(['a', 'b', 'c']),
        priority: random.int(0, 9),
        delayMs: random.pick([0, 0, random.int(1, 2000)]),
        maxAttempts: 500,
        backoffMs: 200,
      }
      await ledger.write(id, () => accepted(id, more), { value: more.value })
    }
  }
  await Promise.all([nemesis(), ...Array.from({ length: 4 }, client)])
  expect(
    [...answers].filter(answer => answer !== '201' && answer !== '200'),
    'answers to POST /jobs besides 200, 201 and 503',
  ).toEqual([])
  did(`${ledger.acked.length} jobs were accepted. The last kill was over; I waited until nothing was left to do.`)
  await eventually(
    'the accepted jobs take effect',
    async () => {
      const missing = new Set(ledger.acked.map(({ id }) => id))
      for (const call of sink.applied) missing.delete(call.job)
      // A job that has ended will have no effect any more.
      for (const id of missing) if (!['done', 'dead', 'cancelled'].includes((await job(masters[0]!, id)).state)) return false
      return true
    },
    { within: PATIENCE, every: 100 },
  ).catch(() => {}) // The ledger says which are lost.

  const report = ledger.check(sink.applied.map(call => ({ id: call.job, value: String(call.value) })))
  if (!report.ok)
    fail({
      subject: `the ${JOBS} jobs that were accepted`,
      expected: 'each took effect, once, and nothing else did',
      saw: `~${report.lost.length} lost, ~${report.doubled.length} twice, ~${report.invented.length} that nobody submitted`,
      details: report.lost.slice(0, 3).map(({ id }) => `for example job ~${id.slice(4)}: see its attempts in timeline.html`),
    })
  // A kill counts when it hit: its victim's connection to the receiver broke before the answer.
  judgeLedger(report, 'the receiver', sink.calls.filter(call => call.aborted).length)
  expect(sink.violations, 'wrong uses of fencing tokens').toEqual([])
  const states = new Map<string, number>()
  await eventually(
    'every job is said to be done',
    async () => {
      states.clear()
      for (const { id } of ledger.acked) {
        const { state } = await job(masters[0]!, id)
        states.set(state, (states.get(state) ?? 0) + 1)
      }
      const saw = [...states].map(([state, count]) => `${count} ${state}`).join(', ')
      return states.get('done') === ledger.acked.length || fail({ expected: `${ledger.acked.length} done`, saw })
    },
    { within: PATIENCE, every: 300 },
  )
})
