import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { loadLabs } from '../course/labs.ts'
import { median } from '../experiments/compare.ts'
import type { Bench } from './types.ts'

/** Seconds a cold `pnpm grade … --kpi <first>` takes as a whole process: pnpm, services, Vitest, the KPI, clean-up. */
function once(root: string, lab: string, kpi: string): Promise<number> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn('npx', ['--yes', 'pnpm', 'grade', lab, '--starter', '--kpi', kpi, '--json'], { cwd: root, stdio: 'ignore' })
    child.on('error', reject)
    child.on('exit', () => resolve((performance.now() - began) / 1000))
  })
}

const bench: Bench = {
  name: 'cold-grade',
  description: 'A single cold `npx pnpm grade` of the first KPI, start to exit',
  async run({ root, quick, onProgress }) {
    const lab = loadLabs(join(root)).find(candidate => candidate.engines.includes('embedded'))!
    const times: number[] = []
    for (let i = 0; i < (quick ? 3 : 9); i++) {
      onProgress(`${i + 1}`)
      times.push(await once(root, lab.id, lab.kpis[0]!.id))
    }
    const p50 = median(times)
    return [
      {
        what: `cold grade of lab ${lab.id}, first KPI, whole process, p50`,
        figure: `${p50.toFixed(2)} s`,
        goal: '≤ 2.5 s',
        reached: p50 <= 2.5,
        detail: `${Math.min(...times).toFixed(2)} to ${Math.max(...times).toFixed(2)} s over ${times.length}`,
      },
    ]
  },
}
export default bench
