import { mkdirSync, realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { freePort } from '../process/ports.ts'
import type { TimelineEvent } from '../results/types.ts'
import { environment, GUARD, nodeArguments } from './command.ts'
import { checkEntry, checkLinks } from './entry.ts'
import { handOver, linkModules, makeScratch, openToOthers, programScratch } from './folders.ts'
import { listensOn } from './listens.ts'
import { enforcesDataLimit, type OwnUser, ownUserFor } from './platform.ts'
import { type Launch, RunningProgram, type Surroundings, withDefaults } from './program.ts'
import { reachReady } from './reach-ready.ts'
import { readText } from './read-text.ts'
import { accepts } from './ready.ts'
import { crashWords, didNotEnd, portTaken } from './start-fault.ts'
import type { Learner, Program, StartOptions } from './types.ts'

export interface LearnerOptions {
  /** The workspace: a fresh copy of the learner's files, outside the repository or in it. */
  dir: string
  runId: string
  /** Epoch milliseconds: zero of the timeline. */
  runStart: number
  /** Where each program's log goes, as <name>.log. */
  evidenceDir: string
  warden: { add(pid: number): void; drop(pid: number): void; dir(path: string): void }
  /** The repository's node_modules. */
  nodeModules: string
  onEvent: (event: Omit<TimelineEvent, 'kpi'>) => void
  /** `runtime`: do not use a user of its own even where that is possible. For tests of the second line of defence. */
  isolation?: 'best' | 'runtime'
  /** Who limits memory; default the kernel where it does. For tests of the other way. */
  memoryBy?: 'kernel' | 'watch'
}

/** A Learner as its owner, the KPI fixture, sees it. */
export interface OwnedLearner extends Learner {
  /** A sentence for each program that ended during the KPI without the grader's doing. */
  crashed(): string[]
  /** Ends every program (kill -9 of its group) and removes the scratch folders. */
  close(): Promise<void>
}

/**
 * Runs the learner's programs, each sandboxed, limited and in a process group of its own.
 * Nothing happens until the first program is started.
 */
export function createLearner(options: LearnerOptions): OwnedLearner {
  const dir = realpathSync(options.dir)
  const now = () => Math.round((performance.timeOrigin + performance.now() - options.runStart) * 1000) / 1000
  const programs: RunningProgram[] = []
  const watchMemory = (options.memoryBy ?? (enforcesDataLimit() ? 'kernel' : 'watch')) === 'watch'
  const names = new Map<string, number>()
  let closed = false
  let prepared: { scratch: string; user: OwnUser | undefined; modules: string } | undefined

  const prepare = () => {
    if (prepared) return prepared
    const modules = realpathSync(options.nodeModules)
    checkLinks(dir)
    linkModules(dir, modules)
    mkdirSync(options.evidenceDir, { recursive: true })
    const scratch = makeScratch()
    options.warden.dir(scratch)
    if (process.getuid?.() === 0) openToOthers(dir)
    const user = options.isolation === 'runtime' ? undefined : ownUserFor([dir, modules, GUARD, scratch])
    return (prepared = { scratch, user, modules })
  }

  const nameFor = (entry: string, wanted: string | undefined): string => {
    const base = wanted ?? basename(entry).replace(/\.[cm]?[jt]s$/, '')
    const count = (names.get(base) ?? 0) + 1
    names.set(base, count)
    const name = wanted && count === 1 ? base : `${base}-${count}`
    return name.replace(/[^\w.-]/g, '_')
  }

  const launchFor = async (entry: string, start: StartOptions & { stdin?: string }, port: number | undefined): Promise<Launch> => {
    const path = checkEntry(dir, entry)
    const { scratch, user, modules } = prepare()
    const name = nameFor(entry, start.name)
    const home = programScratch(scratch, name, user)
    const write = (start.write ?? []).map(folder => realpathSync(folder))
    for (const folder of write) handOver(folder, user)
    const read = [dir, modules, ...(start.read ?? []).map(folder => realpathSync(folder))]
    const limits = withDefaults(start.limits)
    return {
      name,
      entry,
      port: port ?? 0,
      argv: [...nodeArguments({ read, write: [home, ...write] }, limits), path, ...(start.args ?? [])],
      env: environment({ home, runId: options.runId, ...(port === undefined ? {} : { port }), ...(start.env ? { extra: start.env } : {}) }),
      cwd: dir,
      scratch: home,
      limits,
      user,
      watchMemory,
      mayEnd: port === undefined ? 'always' : start.ready?.kind === 'none' ? 'with-0' : 'never',
      logFile: join(options.evidenceDir, `${name}.log`),
      ...(start.stdin === undefined ? {} : { stdin: start.stdin }),
    }
  }

  const begin = (launch: Launch, start: StartOptions): RunningProgram => {
    if (closed) throw new Error('the learner is closed: a KPI went on after its end')
    const around: Surroundings = {
      now,
      onEvent: options.onEvent,
      warden: options.warden,
      restart: old => startAgain(old, start),
    }
    const program = new RunningProgram(launch, around)
    programs.push(program)
    return program
  }

  const bringUp = async (launch: Launch, start: StartOptions): Promise<Program> => {
    const heldByOwn = (port: number) => programs.some(other => other.running && listensOn(other.pid, port) !== false)
    // Or whoever answers there would count as ready.
    if (await accepts(launch.port)) throw portTaken(launch, heldByOwn(launch.port))
    const program = begin(launch, start)
    await reachReady(program, start, { heldByOwn, ports: () => programs.map(other => other.port), now, onEvent: options.onEvent })
    return program
  }

  const startAgain = (old: RunningProgram, start: StartOptions) => bringUp(old.launch, start)

  const start = async (entry: string, startOptions: StartOptions = {}): Promise<Program> => {
    checkEntry(dir, entry)
    return bringUp(await launchFor(entry, startOptions, await freePort()), startOptions)
  }

  return {
    dir,
    start,
    async startMany(count, entry, startOptions = {}) {
      const optionsOf = (index: number) => (typeof startOptions === 'function' ? startOptions(index) : startOptions)
      const settled = await Promise.allSettled(Array.from({ length: count }, (_, index) => start(entry, optionsOf(index))))
      const failed = settled.find(result => result.status === 'rejected')
      if (!failed) return settled.map(result => (result as PromiseFulfilledResult<Program>).value)
      await Promise.all(settled.map(result => (result.status === 'fulfilled' ? result.value.kill() : undefined)))
      throw failed.reason
    },
    async run(entry, runOptions = {}) {
      const withinMs = runOptions.withinMs ?? 30_000
      const program = begin(await launchFor(entry, runOptions, undefined), runOptions)
      let late = false
      const timer = setTimeout(() => {
        late = true
        void program.end()
      }, withinMs)
      const exit = await program.exited
      clearTimeout(timer)
      if (late && !exit.limit) throw didNotEnd(program, withinMs)
      const text = (stream: 'stdout' | 'stderr') =>
        program.logs
          .filter(line => line.stream === stream)
          .map(line => `${line.text}\n`)
          .join('')
      return { ...exit, stdout: text('stdout'), stderr: text('stderr'), durationMs: program.endedAt - program.startedAt }
    },
    read: path => readText(dir, path),
    crashed: () => programs.filter(program => program.crashed).map(crashWords),
    async close() {
      closed = true
      await Promise.all(programs.map(program => program.end()))
      if (prepared) await rm(prepared.scratch, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
