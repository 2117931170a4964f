/** Runs the programs of an embedded platform: each sandboxed as a learner's is, and brought back when it ends by itself. */
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CodedError } from '../errors/coded-error.ts'
import { LearnerFault } from '../kpi/outcomes.ts'
import { createLearner, type OwnedLearner } from '../learner/index.ts'
import type { Program, StartOptions } from '../learner/types.ts'
import type { Run } from '../process/run.ts'
import { layLab, layOwn, ownEntry } from './lay.ts'
import type { Part, Step, Surroundings } from './parts.ts'
import type { PartsFrom } from './types.ts'

/** A platform runs for days, a KPI for seconds. */
const FOREVER = { cpuSeconds: 30 * 86_400, outputBytes: 1 << 30, openFiles: 4_096 }
const READY_WITHIN = 60_000
/** Milliseconds before a program that ended is started again; doubled up to the last. */
const BACK_AFTER = { first: 500, most: 30_000 }

export interface ProgramsOptions {
  root: string
  run: Run
  /** Below the repository, so that imports resolve. */
  work: string
  logs: string
  from: PartsFrom
  /** Said when a program ended by itself and is brought back. */
  onTrouble?: (text: string) => void
}

/** Starts parts and steps in workspaces of their own: one for each lab, one for the platform's own programs. */
export class Programs {
  readonly #options: ProgramsOptions
  readonly #learners = new Map<string, OwnedLearner>()
  readonly #running = new Map<string, Program>()
  readonly #closing = new AbortController()

  constructor(options: ProgramsOptions) {
    this.#options = options
  }

  has(part: string): boolean {
    return this.#running.has(part)
  }

  url(part: string): string {
    return this.#running.get(part)!.url
  }

  #learner(lab: string | undefined): OwnedLearner {
    const { root, run, work, logs, from } = this.#options
    const name = lab ?? 'platform'
    const known = this.#learners.get(name)
    if (known) return known
    const dir = join(work, name)
    if (lab === undefined) layOwn(root, dir)
    else layLab(root, lab, from, dir)
    const learner = createLearner({
      dir,
      runId: run.id,
      runStart: Date.now(),
      evidenceDir: logs,
      warden: run.warden,
      nodeModules: realpathSync(join(root, 'node_modules')),
      onEvent: () => {},
    })
    this.#learners.set(name, learner)
    return learner
  }

  /** Starts a part and keeps it running. @throws CodedError MR-E-161 when it does not get ready */
  async start(part: Part, at: Surroundings): Promise<void> {
    const entry = part.lab === undefined ? ownEntry(part.entry) : part.entry
    const program = await this.#coded(part.name, () =>
      this.#learner(part.lab).start(entry, {
        name: part.name,
        env: part.env(at),
        ready: readiness(part),
        readyWithin: READY_WITHIN,
        ...(part.readsData ? { read: [at.data] } : {}),
        ...(part.keeps ? { write: [at.keep] } : {}),
        limits: { ...FOREVER, memoryMb: part.memoryMb },
      }),
    )
    this.#keep(part.name, program)
  }

  /** Runs a step of preparation to its end. @throws CodedError MR-E-161 when it fails */
  async run(name: string, step: Step, at: Surroundings): Promise<void> {
    const entry = step.lab === undefined ? ownEntry(step.entry) : step.entry
    const { code, stderr } = await this.#coded(name, () =>
      this.#learner(step.lab).run(entry, {
        name,
        args: [...(step.args ?? [])],
        env: step.env(at),
        ...(step.readsData ? { read: [at.data] } : {}),
        limits: { memoryMb: 256 },
        withinMs: 120_000,
      }),
    )
    if (code !== 0) throw this.#failed(name, `it exited with ${code}: ${stderr.trim().split('\n').slice(-6).join(' | ').slice(-600)}`)
  }

  #keep(name: string, program: Program): void {
    this.#running.set(name, program)
    void program.exited.then(() => this.#bringBack(name, program)).catch(() => {})
  }

  async #bringBack(name: string, ended: Program): Promise<void> {
    const { signal } = this.#closing
    for (let wait = BACK_AFTER.first; !signal.aborted; wait = Math.min(wait * 2, BACK_AFTER.most)) {
      this.#options.onTrouble?.(`${name} ended; it is started again in ${wait / 1000} s`)
      await pause(wait, undefined, { signal })
      const again = await ended.restart().catch(() => undefined)
      if (again) return this.#keep(name, again)
    }
  }

  #failed(name: string, message: string): CodedError {
    return new CodedError('MR-E-161', { part: name, message, log: join(this.#options.logs, `${name}.log`) })
  }

  async #coded<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof LearnerFault)) throw error
      const { saw, details } = error.feedback
      throw this.#failed(name, [saw, details].filter(Boolean).join(': ').replaceAll('\n', ' | ') || error.message)
    }
  }

  /** kill -9 of a part, as a fault; it comes back by itself. Resolves when it is gone. */
  kill(part: string): Promise<void> {
    return this.#running.get(part)!.kill()
  }

  /** Ends all programs. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#learners.values()].map(learner => learner.close()))
  }
}

function readiness({ health, ready }: Part): NonNullable<StartOptions['ready']> {
  if (ready === 'at-once') return { kind: 'none' }
  if (ready) return { kind: 'log', match: ready }
  return health === undefined ? { kind: 'port' } : { kind: 'http', path: health }
}
