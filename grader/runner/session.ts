import { appendFileSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { asksForPredictions, learnersSet } from '../course/question-set.ts'
import type { EngineName, KpiSpec, Lab, ServiceName, Source } from '../course/types.ts'
import { layWorkspace } from '../course/workspace.ts'
import type { Engine } from '../engines/engine.ts'
import { startEngine } from '../engines/index.ts'
import type { KpiReport } from '../kpi/kpi.ts'
import type { Plan } from '../kpi/plan.ts'
import { unenforcedLimits } from '../learner/index.ts'
import { openRunDir, type Run } from '../process/run.ts'
import { readEvents } from '../results/events.ts'
import { openEvidence } from '../results/store.ts'
import { renderTimeline } from '../results/timeline/index.ts'
import type { KpiResult, Results } from '../results/types.ts'
import { runOrder } from './order.ts'
import { exitCodeOf, fromReport, nextCommand, notRun, replayCommand, totals } from './settle.ts'
import { VitestRunner } from './vitest-run.ts'

/** What is to be judged. */
export interface JudgeRequest {
  lab: Lab
  source: Source
  seed: number
  /** Only these KPIs; their locks are ignored. */
  only?: string[]
  /** KPIs that passed in the run before (watch mode): the others are judged first. */
  passedBefore?: ReadonlySet<string>
  onKpi?: (result: KpiResult) => void
  signal?: AbortSignal
  /** Where evidence goes: `<evidenceRoot>/.millrace/runs/…`; default the repository. The gate keeps its many runs elsewhere. */
  evidenceRoot?: string
}

/** "learner", "solution", "mutant:check-then-set" … as in results.json. */
export const sourceName = (source: Source): string => (source.kind === 'mutant' ? `mutant:${source.name}` : source.kind)

/** What an engine starts for a lab: on docker the learner's own compose file provides the rest. */
export const servicesToStart = ({ services, compose }: Pick<Lab, 'services' | 'compose'>, engine: EngineName): ServiceName[] =>
  services.filter(service => engine !== 'docker' || !(service in compose))

/**
 * Services, Vitest and a run folder that stay warm over several judgements: one for a single `grade`, kept by watch mode and the gate.
 * Ended by `close`; if this process dies instead, every process it started notices.
 */
export class Session {
  readonly root: string
  readonly engine: EngineName
  private readonly run: Run
  private readonly work: string
  private readonly runner: VitestRunner
  private started: Promise<Engine> | undefined
  private closed = false
  private judged = 0
  /** A worker was, or may have been, killed in the middle of a KPI: containers that it asked for may still be on their way. */
  private killed = false

  constructor(root: string, engine: EngineName) {
    this.root = root
    this.engine = engine
    this.run = openRunDir()
    // Below the repository, so that the programs' imports resolve to its node_modules.
    this.work = join(root, '.millrace', 'work', this.run.id)
    mkdirSync(this.work, { recursive: true })
    this.run.warden.dir(this.work)
    this.runner = new VitestRunner(this.run.dir)
  }

  /** Start loading Vitest and the services; `judge` waits for them. */
  warm(lab: Pick<Lab, 'services' | 'compose'>, onProgress?: (text: string) => void): void {
    this.runner.warm().catch(() => {})
    this.started ??= startEngine(this.engine, servicesToStart(lab, this.engine), {
      runId: this.run.id,
      runDir: this.run.dir,
      ...(onProgress ? { onProgress } : {}),
    })
    this.started.catch(() => {})
  }

  /**
   * Judge one source of a lab and write its results and evidence.
   * @throws CodedError when the workspace or the services cannot be made ready
   */
  async judge(request: JudgeRequest): Promise<Results> {
    const { lab, seed } = request
    const source = sourceName(request.source)
    request.signal?.addEventListener('abort', () => {
      this.killed = true
    })
    const startedAt = new Date()
    const began = performance.now()
    const evidence = openEvidence(request.evidenceRoot ?? this.root, lab.id)
    const workspace = join(this.work, evidence.runId)
    try {
      const { protectedChanged } = layWorkspace({ lab, source: request.source, dir: workspace })
      this.warm(lab)
      const engine = await this.started!
      // A run before that was cancelled leaves users, keys or a stopped clock: its worker was killed before it could undo them.
      if (this.judged++ > 0) await engine.reset()
      const replay = (kpi: string) => replayCommand(lab.id, kpi, seed, source, this.engine)
      const kpis = new Map<string, KpiResult>()
      const settle = (result: KpiResult) => {
        kpis.set(result.id, result)
        request.onKpi?.(result)
      }
      const chosen: KpiSpec[] = []
      for (const spec of lab.kpis) {
        if (request.only && !request.only.includes(spec.id)) kpis.set(spec.id, notRun(spec, 'filtered', replay(spec.id)))
        else if (spec.needs.includes('docker') && this.engine !== 'docker') kpis.set(spec.id, notRun(spec, 'needs-docker', replay(spec.id)))
        else chosen.push(spec)
      }
      const plan: Plan = {
        runId: this.run.id,
        runStart: startedAt.getTime(),
        lab: lab.id,
        engine: this.engine,
        seed,
        questions: asksForPredictions(lab) && request.source.kind === 'learner' ? learnersSet(this.root, lab) : { set: seed, spent: [] },
        workspace,
        evidence: evidence.dir,
        runDir: this.run.dir,
        nodeModules: realpathSync(join(this.root, 'node_modules')),
        endpoints: engine.endpoints,
        compose: this.engine === 'docker' ? lab.compose : {},
        kpis: runOrder(chosen, request.passedBefore).map(spec => ({
          id: spec.id,
          file: join(lab.testDir, `${spec.id}.test.ts`),
          deadline: spec.deadline,
          after: spec.after,
        })),
        ignoreLocks: request.only !== undefined,
        settled: {},
      }
      const onReport = (report: KpiReport) => {
        const spec = chosen.find(candidate => candidate.id === report.kpi)
        if (!spec) return
        if (report.stack) appendFileSync(join(evidence.dir, 'grader-errors.log'), `${report.kpi}\n${report.stack}\n\n`)
        settle(fromReport(spec, report, replay(spec.id)))
      }
      await this.runner.run(plan, onReport, request.signal)
      for (const spec of chosen) if (!kpis.has(spec.id)) kpis.set(spec.id, notRun(spec, 'cancelled', replay(spec.id)))
      const ordered = lab.kpis.map(spec => kpis.get(spec.id)!)
      this.killed ||= ordered.some(({ verdict }) => verdict === 'timeout' || verdict === 'grader-error')
      const draft: Results = {
        version: 1,
        lab: lab.id,
        folder: lab.folder,
        title: lab.title,
        story: lab.story,
        engine: this.engine,
        seed,
        source,
        startedAt: startedAt.toISOString(),
        durationMs: Math.round(performance.now() - began),
        kpis: ordered,
        totals: totals(ordered),
        unenforced: unenforcedLimits(),
        protectedChanged,
        environment: {
          node: process.version,
          platform: `${process.platform}-${process.arch}`,
          ...Object.fromEntries(engine.endpoints.map(e => [e.service, e.version])),
          ...engine.facts,
        },
        evidence: evidence.relative,
        exitCode: exitCodeOf(ordered),
        next: null,
      }
      const results = { ...draft, next: nextCommand(draft, lab.kpis) }
      evidence.writeFile('timeline.html', renderTimeline(results, readEvents(evidence.dir)))
      evidence.writeResults(results)
      return results
    } finally {
      rmSync(workspace, { recursive: true, force: true })
    }
  }

  /** End services, Vitest and the run folder. Safe to call twice. */
  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    const engine = this.started?.catch(() => undefined)
    await Promise.allSettled([this.runner.close(), engine?.then(running => running?.stop({ killed: this.killed }))])
    await this.run.close()
  }
}
