import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadLabs } from '../course/labs.ts'
import { Session } from '../runner/session.ts'
import { percentile as at } from './_percentile.ts'
import { savesOf, saveToVerdict } from './_saves.ts'
import type { Bench, BenchRow } from './types.ts'

/**
 * What a learner in watch mode feels. Each "save" is one of the lab's mutants with the KPI that it fails judged first, as watch mode does, in one warm session.
 * Not in the figure: the editor's write and the file watcher, together about 50 ms.
 */
const bench: Bench = {
  name: 'save-to-verdict',
  description: 'Watch mode: files handed over → first failing verdict, and the whole lab',
  labs: 'each',
  async run({ root, quick, lab: only, onProgress }) {
    const rows: BenchRow[] = []
    const evidenceRoot = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
    const labs = loadLabs(root).filter(({ id, engines }) => engines.includes('embedded') && (only === undefined || id === only))
    for (const lab of labs) {
      const session = new Session(root, 'embedded')
      try {
        const saves = savesOf(lab, 'embedded', quick ? 6 : 30)
        await session.judge({ lab, source: { kind: 'solution' }, seed: 1, evidenceRoot, only: [saves[0]!.kpi] })
        const first: number[] = []
        for (const save of saves) {
          onProgress(`lab ${lab.id}: ${save.mutant}`)
          first.push(await saveToVerdict(session, lab, save, evidenceRoot))
        }
        const whole = []
        for (let i = 0; i < (quick ? 1 : 5); i++)
          whole.push((await session.judge({ lab, source: { kind: 'solution' }, seed: i + 1, evidenceRoot })).durationMs)
        const p50 = at(first, 0.5)
        const goal = lab.services.includes('kafka') ? 1.5 : 1
        rows.push({
          what: `lab ${lab.id}: save → first verdict, p50`,
          figure: `${Math.round(p50)} ms`,
          goal: `≤ ${goal.toFixed(1)} s`,
          reached: p50 <= goal * 1000,
          detail: `p95 ${Math.round(at(first, 0.95))} ms over ${first.length} saves`,
        })
        const all = at(whole, 0.5)
        rows.push({
          what: `lab ${lab.id}: whole lab, warm, p50`,
          figure: `${(all / 1000).toFixed(1)} s`,
          goal: '≤ 10 s',
          reached: all <= 10_000,
          detail: `${whole.length} runs of the solution`,
        })
      } finally {
        await session.close()
      }
    }
    rmSync(evidenceRoot, { recursive: true, force: true })
    return rows
  },
}
export default bench
