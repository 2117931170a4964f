import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findLab } from '../course/labs.ts'
import { layWorkspace } from '../course/workspace.ts'
import { startEmbedded } from '../engines/embedded/index.ts'
import { type Comparison, compare, verdictOn } from '../experiments/compare.ts'
import { openRunDir } from '../process/run.ts'
import { openValkey } from '../services/valkey/fixture.ts'
import type { Bench, BenchRow } from './types.ts'

const PAIRS: { own: string; peer: string; tenants: number; goal?: number }[] = [
  { own: 'token-bucket', peer: 'flexible', tenants: 1, goal: 1.5 },
  { own: 'token-bucket', peer: 'flexible', tenants: 100 },
  { own: 'token-bucket', peer: 'flexible, auto-pipelining', tenants: 1 },
  { own: 'sliding-window-counter', peer: 'flexible', tenants: 1 },
]

/** Lab 6.2: the solution's limiter and rate-limiter-flexible take turns on one Valkey. */
const bench: Bench = {
  name: 'limiter',
  labs: ['6.2'],
  description: "Decisions a second of lab 6.2's solution against rate-limiter-flexible",
  async run({ root, quick, onProgress }) {
    const lab = findLab(root, '6.2')
    const run = openRunDir()
    const workspace = join(root, '.millrace', 'work', `bench-${run.id}`)
    const engine = await startEmbedded(['valkey'], { runId: run.id, runDir: run.dir })
    const valkey = await openValkey(engine.endpoints[0]!, 'bench')
    try {
      await layWorkspace({ lab, source: { kind: 'solution' }, dir: workspace })
      cpSync(join(lab.solutionDir, 'bench'), join(workspace, 'bench'), { recursive: true })
      const child = fork(join(workspace, 'bench', 'decisions.ts'), {
        env: { ...process.env, REDIS_URL: valkey.url, KEY_PREFIX: valkey.prefix },
      })
      const ended = once(child, 'exit').then(() => Promise.reject(new Error('the benchmark process ended')))
      ended.catch(() => {})
      const answer = async <T>(): Promise<T> => (await Promise.race([once(child, 'message'), ended]))[0] as T
      await answer()
      const round = (name: string, tenants: number) => async () => {
        const reply = answer<{ perSecond: number }>()
        child.send({ name, tenants, decisions: quick ? 5_000 : 20_000 })
        return (await reply).perSecond
      }
      const rows: BenchRow[] = []
      for (const pair of PAIRS) {
        const { own, peer, tenants } = pair
        onProgress(`${own} and rate-limiter-flexible`)
        rows.push(rowOf(await compare(round(own, tenants), round(peer, tenants), { rounds: quick ? 6 : 11 }), pair))
      }
      child.kill()
      return rows
    } finally {
      rmSync(workspace, { recursive: true, force: true })
      await valkey.close()
      await engine.stop()
      run.close()
    }
  },
}

function rowOf(so: Comparison, { own, peer, tenants, goal }: (typeof PAIRS)[number]): BenchRow {
  const mid = (of: 'a' | 'b') =>
    Math.round(so.pairs.map(pair => pair[of]).sort((x, y) => x - y)[so.pairs.length >> 1]!).toLocaleString('en')
  const verdict = goal === undefined ? undefined : verdictOn(so, goal)
  return {
    what: `lab 6.2: ${own}, ${tenants} tenant${tenants > 1 ? 's' : ''}, decisions/s against rate-limiter-${peer}`,
    figure: `${so.median.toFixed(2)}×`,
    ...(goal === undefined
      ? {}
      : { goal: `≥ ${goal}×`, reached: verdict === 'undecided' ? ('undecided' as const) : verdict === 'reached' }),
    detail: `${so.low.toFixed(2)} to ${so.high.toFixed(2)} over ${so.pairs.length} pairs; ${mid('a')}/s and ${mid('b')}/s`,
  }
}
export default bench
