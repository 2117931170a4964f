import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findLab } from '../course/labs.ts'
import { layWorkspace } from '../course/workspace.ts'
import { startEmbedded } from '../engines/embedded/index.ts'
import { compare, verdictOn } from '../experiments/compare.ts'
import { leads, options } from '../labs/6.1-job-scheduler/support/cluster.ts'
import { bullRound, CONCURRENCY, ownRound } from '../labs/6.1-job-scheduler/support/throughput.ts'
import { createLearner } from '../learner/index.ts'
import { openRunDir } from '../process/run.ts'
import { warden } from '../process/warden.ts'
import { openValkey } from '../services/valkey/fixture.ts'
import type { Bench } from './types.ts'

/** Lab 6.1: the solution's worker and BullMQ take turns on one Valkey. */
const bench: Bench = {
  name: 'scheduler',
  labs: ['6.1'],
  description: "Jobs a second of lab 6.1's solution against BullMQ",
  async run({ root, quick, onProgress }) {
    const run = openRunDir()
    const dir = join(root, '.millrace', 'work', `bench-${run.id}`)
    const evidenceDir = join(run.dir, 'programs')
    const guard = warden()
    const engine = await startEmbedded(['valkey'], { runId: run.id, runDir: run.dir })
    const valkey = await openValkey(engine.endpoints[0]!, 'bench')
    layWorkspace({ lab: findLab(root, '6.1'), source: { kind: 'solution' }, dir })
    mkdirSync(evidenceDir, { recursive: true })
    const learner = createLearner({
      ...{ dir, runId: run.id, runStart: Date.now(), evidenceDir, warden: guard },
      nodeModules: join(root, 'node_modules'),
      onEvent: () => {},
    })
    try {
      const env = { CONCURRENCY: String(CONCURRENCY), LEASE_MS: '60000' }
      const start = (role: string) => learner.start(`src/${role}.ts`, { ...options({ valkey }, role, env), limits: { cpuSeconds: 600 } })
      const [master, worker] = await Promise.all([start('master'), start('worker')])
      await leads(master)
      const jobs = quick ? 1000 : 3000
      let [round, peer] = [0, 0]
      const so = await compare(
        () => {
          onProgress(`round ${++round}`)
          return ownRound(master, worker, jobs, `own-${round}`)
        },
        () => bullRound(valkey, jobs, `bull-${++peer}`),
        { rounds: quick ? 6 : 31, enough: c => verdictOn(c, 1) !== 'undecided' },
      )
      const verdict = verdictOn(so, 1)
      const middle = (of: 'a' | 'b') =>
        Math.round(so.pairs.map(pair => pair[of]).sort((x, y) => x - y)[so.pairs.length >> 1]!).toLocaleString('en')
      return [
        {
          what: `lab 6.1: jobs/s against BullMQ, one worker, ${CONCURRENCY} at once`,
          figure: `${so.median.toFixed(2)}×`,
          goal: '≥ 1×',
          reached: verdict === 'undecided' ? verdict : verdict === 'reached',
          detail: `${so.low.toFixed(2)} to ${so.high.toFixed(2)} over ${so.pairs.length} pairs; ${middle('a')}/s and ${middle('b')}/s`,
        },
      ]
    } finally {
      await learner.close()
      rmSync(dir, { recursive: true, force: true })
      await valkey.close()
      await engine.stop()
      run.close()
    }
  },
}
export default bench
