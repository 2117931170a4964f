import { randomInt } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { currentLab, findLab } from '../course/labs.ts'
import { recordRun } from '../course/progress.ts'
import { repositoryRoot } from '../course/root.ts'
import type { EngineName, Lab, Source } from '../course/types.ts'
import { CodedError } from '../errors/coded-error.ts'
import { onEnd } from '../process/on-end.ts'
import { renderers } from '../results/render/index.ts'
import type { KpiResult, Results } from '../results/types.ts'
import { Session, servicesToStart } from '../runner/session.ts'
import { nearest } from '../ui/nearest.ts'
import { startProgress } from '../ui/progress.ts'
import { terminalOf } from '../ui/terminal.ts'

const FORMATS = ['terminal', 'json', 'junit', 'csv', 'github'] as const

/** `pnpm grade`: judge a lab and say what was seen. */
export default defineCommand({
  meta: {
    name: 'grade',
    description: 'Judge a lab: run your programs, talk to them, say what was seen',
    examples: [
      'pnpm grade lab-6.2                       all KPIs of lab 6.2 on your files',
      'pnpm grade 6.2 --watch                   judge again on every save',
      'pnpm grade lab-6.2 --kpi no-race --seed 7    one KPI, one seed',
      "pnpm grade lab-6.2 --solution            the course's own solution",
      'pnpm grade lab-6.2 --json | jq .totals   for scripts',
    ],
  } as never,
  args: {
    lab: { type: 'positional', required: false, description: 'lab-6.2, 6.2 or the folder name; without it the lab you are working on' },
    solution: { type: 'boolean', description: 'judge the solution instead of your files' },
    starter: { type: 'boolean', description: 'judge the untouched starter instead of your files' },
    mutant: { type: 'string', description: 'judge the solution with one known mistake', valueHint: 'NAME' },
    engine: { type: 'enum', options: ['embedded', 'docker'], description: 'what runs the services; default: the first the lab names' },
    kpi: { type: 'string', description: 'only this KPI (several: a,b); its locks are ignored', valueHint: 'ID' },
    seed: { type: 'string', description: 'replay a run: the seed of every random choice', valueHint: 'N' },
    watch: { type: 'boolean', description: 'judge again on every save; keys for hint, next, list, reset, run all, quit' },
    json: { type: 'boolean', description: 'print results.json on stdout, nothing else' },
    format: { type: 'enum', options: [...FORMATS], default: 'terminal', description: 'how the result is printed' },
  },
  async run({ args }) {
    const root = repositoryRoot()
    const lab = args.lab ? findLab(root, args.lab) : currentLab(root)
    const source = sourceOf(lab, args)
    const engine = engineOf(lab, args.engine)
    const seed = seedOf(args.seed)
    const only = kpisOf(lab, args.kpi)
    if (args.watch) {
      const { watchLab } = await import('../watch/watch.ts')
      return watchLab({ root, lab, engine, seed, ...(only ? { only } : {}) })
    }
    const format = args.json ? 'json' : (args.format as (typeof FORMATS)[number])
    const results = await gradeOnce({ root, lab, source, engine, seed, quiet: format !== 'terminal', ...(only ? { only } : {}) })
    recordRun(root, lab, results)
    process.stdout.write(
      format === 'json' ? `${JSON.stringify(results, null, 2)}\n` : renderers[format](results, { terminal: terminalOf(), lab }),
    )
    return results.exitCode
  },
})

/** Judge once with a progress line on stderr; Ctrl-C ends the run and leaves nothing behind. */
async function gradeOnce(request: {
  root: string
  lab: Lab
  source: Source
  engine: EngineName
  seed: number
  only?: string[]
  quiet: boolean
}): Promise<Results> {
  const { root, lab, engine, quiet } = request
  const session = new Session(root, engine)
  const abort = new AbortController()
  const progress = startProgress({ quiet, terminal: terminalOf(process.stderr) })
  const off = onEnd(async () => {
    abort.abort()
    progress.stop()
    await session.close()
  })
  const total = request.only?.length ?? lab.kpis.length
  const done: KpiResult[] = []
  try {
    progress.update(`lab ${lab.id}: starting ${servicesToStart(lab, engine).join(', ') || 'the judge'}`)
    session.warm(lab, text => progress.update(text))
    return await session.judge({
      lab,
      source: request.source,
      seed: request.seed,
      signal: abort.signal,
      ...(request.only ? { only: request.only } : {}),
      onKpi: result => {
        done.push(result)
        const passed = done.filter(kpi => kpi.verdict === 'pass').length
        progress.update(`lab ${lab.id}: ${done.length} of ${total} KPIs judged, ${passed} passed; last: ${result.id} ${result.verdict}`)
      },
    })
  } finally {
    progress.stop()
    await session.close()
    off()
  }
}

function sourceOf(lab: Lab, args: { solution?: boolean; starter?: boolean; mutant?: string }): Source {
  if ([args.solution, args.starter, args.mutant !== undefined].filter(Boolean).length > 1)
    throw new CodedError('MR-E-004', { message: '--solution, --starter and --mutant exclude each other' })
  if (args.solution) return { kind: 'solution' }
  if (args.starter) return { kind: 'starter' }
  if (args.mutant === undefined) return { kind: 'learner' }
  const folder = join(lab.solutionDir, 'mutants')
  const all = existsSync(folder) ? readdirSync(folder).sort() : []
  if (!all.includes(args.mutant))
    throw new CodedError('MR-E-006', {
      lab: lab.id,
      mutant: args.mutant,
      folder: `solutions/${lab.folder}/mutants/${args.mutant}`,
      nearest: nearest(args.mutant, all) ?? all[0] ?? 'none',
      all: all.join(', '),
    })
  return { kind: 'mutant', name: args.mutant }
}

function engineOf(lab: Lab, wanted: string | undefined): EngineName {
  const engine = (wanted ?? lab.engines[0]) as EngineName
  if (!lab.engines.includes(engine)) throw new CodedError('MR-E-007', { lab: lab.id, engine, engines: lab.engines.join(', ') })
  return engine
}

function seedOf(text: string | undefined): number {
  if (text === undefined) return randomInt(1, 100_000)
  const seed = Number(text)
  if (!/^\d+$/.test(text) || seed > 0xffffffff) throw new CodedError('MR-E-008', { seed: text })
  return seed
}

function kpisOf(lab: Lab, text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined
  const all = lab.kpis.map(kpi => kpi.id)
  const ids = text.split(',').map(id => id.trim())
  for (const id of ids)
    if (!all.includes(id))
      throw new CodedError('MR-E-005', { lab: lab.id, kpi: id, nearest: nearest(id, all) ?? all[0], all: all.join(', ') })
  return ids
}
