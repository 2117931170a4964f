import { compare, verdictOn } from '../../experiments/compare.ts'
import { did, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { job, leads, start } from './support/cluster.ts'
import { bullRound, CONCURRENCY, ownRound } from './support/throughput.ts'

const JOBS = 300
const TARGET = 0.5

kpi('throughput', async ({ learner, valkey, random }) => {
  const { master, worker } = await start(
    { learner, valkey },
    { env: { CONCURRENCY: String(CONCURRENCY), LEASE_MS: '60000', POLL_MS: '5' } },
  )
  await leads(master)
  let [round, peer] = [0, 0]
  const names: string[] = []
  const own = async () => {
    names.push(`round-${round++}-${random.word(4)}`)
    return ownRound(master, worker, JOBS, names.at(-1)!)
  }
  const so = await compare(own, () => bullRound(valkey, JOBS, `bull-${peer++}`), {
    rounds: 11,
    enough: c => verdictOn(c, TARGET) !== 'undecided',
  })
  for (const name of names) {
    const id = `${name}-${random.int(0, JOBS - 1)}`
    expect((await job(master, id)).state, `state of ${id}, one of the jobs that were measured`).toBe('done')
  }
  did(
    `Your worker and BullMQ took turns on one Redis: ${JOBS} jobs that do nothing, ${CONCURRENCY} at once, ~${so.pairs.length} rounds each.`,
  )
  const figures = `~${so.median.toFixed(2)}× BullMQ's jobs a second (between ~${so.low.toFixed(2)} and ~${so.high.toFixed(2)})`
  const verdict = verdictOn(so, TARGET)
  if (verdict === 'undecided') inconclusive(`${figures}: too close to ${TARGET} to tell on this machine now`)
  if (verdict === 'missed') fail({ subject: 'throughput', expected: `at least ${TARGET}× BullMQ's`, saw: figures })
})
