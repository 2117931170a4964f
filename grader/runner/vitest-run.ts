import { createWriteStream, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestCase, Vitest } from 'vitest/node'
import type { KpiReport } from '../kpi/kpi.ts'
import { type Plan, preparationOf } from '../kpi/plan.ts'

const SUITE = fileURLToPath(new URL('../kpi/suite.ts', import.meta.url))

/** Milliseconds beyond a KPI's own deadline (and its clean-ups) before its worker is ended from outside. */
const GRACE = 20_000

/** Drives Vitest: one instance a session, one worker a run. Only this side decides what is written as a result. */
export class VitestRunner {
  private readonly runDir: string
  private vitest: Promise<Vitest> | undefined
  private onReport: (report: KpiReport) => void = () => {}
  private onStart: (kpi: string) => void = () => {}

  /** @param runDir folder for plan.json and worker.pid; the session's own */
  constructor(runDir: string) {
    this.runDir = runDir
  }

  /** Load Vitest ahead of the first run; costs about half a second that overlaps with starting services. */
  warm(): Promise<Vitest> {
    return (this.vitest ??= this.create())
  }

  private async create(): Promise<Vitest> {
    const { createVitest } = await import('vitest/node')
    const log = createWriteStream(join(this.runDir, 'vitest.log'), { flags: 'a' })
    const report = (test: TestCase) => {
      const result = test.result()
      const meta = test.meta() as { millrace?: KpiReport }
      if (meta.millrace) return this.onReport(meta.millrace)
      if (result.state === 'pending' || result.state === 'skipped') return
      const error = result.errors?.[0]
      this.onReport({
        kpi: test.name,
        verdict: 'grader-error',
        startedAt: 0,
        endedAt: 0,
        feedback: { did: [], because: error?.message ?? 'no report', code: 'MR-E-090' },
        ...(error?.stack ? { stack: error.stack } : {}),
      })
    }
    return createVitest(
      'test',
      {
        root: dirname(SUITE),
        config: false,
        include: ['suite.ts'],
        watch: false,
        pool: 'forks',
        fileParallelism: false,
        isolate: false,
        reporters: [{ onTestCaseReady: (test: TestCase) => this.onStart(test.name), onTestCaseResult: report }],
        teardownTimeout: 2000,
        cache: false,
        env: { MILLRACE_PLAN: join(this.runDir, 'plan.json') },
      } as never,
      {},
      { stdout: log as never, stderr: log as never },
    )
  }

  /**
   * Run the plan's KPIs in order. A worker that dies or hangs costs its running KPI only: a new worker goes on with the rest.
   * @returns when every KPI of the plan has been reported, or `signal` was aborted
   */
  async run(plan: Plan, onReport: (report: KpiReport) => void, signal?: AbortSignal): Promise<void> {
    const settled = { ...plan.settled }
    let alarm: NodeJS.Timeout | undefined
    let runningKpi: string | undefined
    let overdue = false
    const vitest = await this.warm()
    const killWorker = () => this.killWorker()
    signal?.addEventListener('abort', killWorker)
    this.onStart = id => {
      runningKpi = id
      clearTimeout(alarm)
      const deadline = plan.kpis.find(kpi => kpi.id === id)?.deadline ?? 20
      alarm = setTimeout(
        () => {
          overdue = true
          this.killWorker()
        },
        deadline * 1000 + preparationOf(plan) + GRACE,
      )
    }
    this.onReport = report => {
      clearTimeout(alarm)
      runningKpi = undefined
      if (report.kpi in settled) return
      settled[report.kpi] = report.verdict
      onReport(report)
    }
    try {
      while (!signal?.aborted && plan.kpis.some(kpi => !(kpi.id in settled))) {
        overdue = false
        runningKpi = undefined
        writeFileSync(join(this.runDir, 'plan.json'), JSON.stringify({ ...plan, settled }))
        rmSync(join(this.runDir, 'worker.pid'), { force: true })
        const before = Object.keys(settled).length
        await vitest.runTestSpecifications(await vitest.globTestSpecifications(), true)
        vitest.state.clearErrors()
        if (signal?.aborted) return
        const victim: string | undefined =
          runningKpi ?? (Object.keys(settled).length === before ? plan.kpis.find(kpi => !(kpi.id in settled))?.id : undefined)
        if (victim) this.onReport(lost(victim, overdue))
      }
    } finally {
      clearTimeout(alarm)
      signal?.removeEventListener('abort', killWorker)
    }
  }

  private killWorker(): void {
    try {
      process.kill(Number(readFileSync(join(this.runDir, 'worker.pid'), 'utf8')), 'SIGKILL')
    } catch {
      // Not started yet, or gone already.
    }
  }

  /** End the worker and Vitest. */
  async close(): Promise<void> {
    if (this.vitest) await (await this.vitest).close()
  }
}

const lost = (kpi: string, overdue: boolean): KpiReport => ({
  kpi,
  verdict: overdue ? 'timeout' : 'grader-error',
  startedAt: 0,
  endedAt: 0,
  feedback: overdue
    ? { did: [], because: 'The KPI did not end at its deadline and was ended from outside.' }
    : { did: [], because: 'The process that ran the KPI tests died.', code: 'MR-E-090' },
})
