import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { EngineName } from '../course/types.ts'
import { startEmbeddedPlatform } from '../platform/embedded.ts'
import { smoke } from '../platform/smoke/index.ts'
import { requireState } from '../platform/state.ts'
import type { PlatformState } from '../platform/types.ts'
import { onEnd } from '../process/on-end.ts'
import { reachableEngines } from '../verify/reachable-engines.ts'
import { percentile } from './_percentile.ts'
import type { Bench, BenchRow } from './types.ts'

const run = promisify(execFile)
/** Hops of the smoke test that are reported: into the log, out of the rules, into the table. */
const HOPS = ['readings in Kafka', 'alert in Kafka', '3 readings in Delta', 'alert in Delta']
/** Follow this many markers first: programs and files are warm then. */
const WARM_UP = 3

/** Brings a platform up without its extras, in a folder of its own; `end` leaves nothing. */
async function platformOn(engine: EngineName, root: string): Promise<{ state: PlatformState; end: () => Promise<unknown> }> {
  if (engine === 'embedded') {
    const platform = await startEmbeddedPlatform({ root, extras: [], from: 'solutions', onTrouble: () => {} })
    return { state: platform.state, end: () => platform.close() }
  }
  const platform = (...args: string[]) => run(process.execPath, ['grader/cli.ts', 'platform', ...args, '--engine', 'docker'], { cwd: root })
  const reset = () => platform('reset')
  // Its clean-up takes longer than a process that was told to end may wait; it goes on by itself.
  const forget = onEnd(async () => void (await reset()))
  const end = () => {
    forget()
    return reset()
  }
  try {
    await platform('up')
    return { state: requireState(root), end }
  } catch (error) {
    await end().catch(() => {})
    throw error
  }
}

/** How long a change in PostgreSQL takes to each hop of the platform, one change at a time: latency, not throughput. */
const bench: Bench = {
  name: 'platform',
  description: 'The platform: commit in PostgreSQL → Kafka → alert → Delta, on each engine',
  async run({ root, quick, onProgress }) {
    const rows: BenchRow[] = []
    const markers = quick ? 10 : 100
    for (const engine of (await reachableEngines(root)).engines) {
      const dir = mkdtempSync(join(tmpdir(), 'millrace-bench-platform-'))
      chmodSync(dir, 0o755) // Containers mount from it.
      const before = process.env['MILLRACE_PLATFORM']
      process.env['MILLRACE_PLATFORM'] = dir
      try {
        onProgress(`the platform comes up, engine ${engine}`)
        const { state, end } = await platformOn(engine, root)
        try {
          const taken = new Map<string, number[]>(HOPS.map(hop => [hop, []]))
          for (let i = 0; i < WARM_UP + markers; i++) {
            onProgress(`engine ${engine}: marker ${i + 1} of ${WARM_UP + markers}`)
            const { hops } = await smoke(state)
            if (i >= WARM_UP) for (const { hop, ms } of hops) taken.get(hop)?.push(ms)
          }
          for (const [hop, times] of taken)
            rows.push({
              what: `platform, ${engine}: commit in PostgreSQL → ${hop.replace(/^\d+ /, '')}, p50`,
              figure: `${Math.round(percentile(times, 0.5))} ms`,
              detail: `p99 ${Math.round(percentile(times, 0.99))} ms over ${times.length} changes`,
            })
        } finally {
          await end()
        }
      } finally {
        if (before === undefined) delete process.env['MILLRACE_PLATFORM']
        else process.env['MILLRACE_PLATFORM'] = before
        rmSync(dir, { recursive: true, force: true })
      }
    }
    return rows
  },
}
export default bench
