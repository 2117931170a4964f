import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadLabs } from '../course/labs.ts'
import type { Lab } from '../course/types.ts'
import { Session } from '../runner/session.ts'
import { reachableEngines } from '../verify/reachable-engines.ts'
import { percentile } from './_percentile.ts'
import { savesOf, saveToVerdict } from './_saves.ts'
import type { Bench, BenchRow } from './types.ts'

/** Whether a KPI looks at what may stay up between saves, or starts a project of its own: its file says so. */
function isWarm(root: string, lab: Lab, kpi: string): boolean {
  const text = readFileSync(join(root, 'grader/labs', lab.folder, `${kpi}.test.ts`), 'utf8')
  return Object.keys(lab.compose).length > 0 ? !text.includes('compose.up(') : text.includes('compose.warm(')
}

/** As `save-to-verdict`, on containers. KPIs that look at what stays up between saves are counted apart: the goal is about them. */
const bench: Bench = {
  name: 'save-to-verdict-docker',
  description: 'Watch mode on the docker engine: files handed over → first failing verdict',
  labs: 'each',
  async run({ root, quick, lab: only, onProgress }) {
    if (!(await reachableEngines(root)).engines.includes('docker')) return []
    const rows: BenchRow[] = []
    const evidenceRoot = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
    for (const lab of loadLabs(root).filter(({ id, engines }) => engines.includes('docker') && (only === undefined || id === only))) {
      const session = new Session(root, 'docker')
      const [kept, anew]: [number[], number[]] = [[], []]
      try {
        const saves = savesOf(lab, 'docker', quick ? 6 : 30)
        if (saves.length === 0) continue
        await session.judge({ lab, source: { kind: 'solution' }, seed: 1, evidenceRoot, only: [saves[0]!.kpi] })
        for (const save of saves) {
          onProgress(`lab ${lab.id}: ${save.mutant}`)
          ;(isWarm(root, lab, save.kpi) ? kept : anew).push(await saveToVerdict(session, lab, save, evidenceRoot))
        }
      } finally {
        await session.close()
      }
      const row = (what: string, times: number[]): BenchRow => ({
        what: `lab ${lab.id} on docker: save → first verdict, ${what}, p50`,
        figure: `${(percentile(times, 0.5) / 1000).toFixed(1)} s`,
        detail: `p95 ${(percentile(times, 0.95) / 1000).toFixed(1)} s over ${times.length} saves`,
      })
      if (kept.length > 0) rows.push({ ...row('warm', kept), goal: '≤ 3 s', reached: percentile(kept, 0.5) <= 3000 })
      if (anew.length > 0) rows.push(row('a project of its own', anew))
    }
    rmSync(evidenceRoot, { recursive: true, force: true })
    return rows
  },
}
export default bench
