import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import type { TimelineEvent } from '../results/types.ts'
import { exitWords, type LimitHit, limitBehind, memoryHit, outputHit, scratchHit } from './exit-cause.ts'
import { DEFAULT_LIMITS, launchScript, SCRATCH_BYTES } from './limits.ts'
import { LineSplitter, LogKeeper } from './lines.ts'
import type { OwnUser } from './platform.ts'
import type { Exit, Limits, LogLine, Program } from './types.ts'
import { cpuSeconds, every, folderBytes, residentBytes } from './watch.ts'

/** Everything needed to start a program, and to start it again. */
export interface Launch {
  name: string
  entry: string
  port: number
  /** Arguments for the node binary: its own flags, the entry, the program's arguments. */
  argv: string[]
  env: Record<string, string>
  cwd: string
  scratch: string
  limits: Limits
  user: OwnUser | undefined
  /** Look at memory from outside, because the kernel does not limit it here. */
  watchMemory: boolean
  logFile: string
  /** Which ends of its own are no crash: a job's with code 0 (ready `none`), every one of a run, none of a server. */
  mayEnd: 'never' | 'with-0' | 'always'
  stdin?: string
}

/** What the programs of one learner share. */
export interface Surroundings {
  now(): number
  onEvent(event: Omit<TimelineEvent, 'kpi'>): void
  warden: { add(pid: number): void; drop(pid: number): void }
  restart(program: RunningProgram): Promise<Program>
}

/** Log lines of one program on the timeline; the rest are only in its log file. */
const EVENTS = 300
/** Signals that are not meant to end a program: `kill` does not wait for an end. */
const PASSING = new Set<NodeJS.Signals>(['SIGSTOP', 'SIGCONT', 'SIGUSR1', 'SIGUSR2', 'SIGHUP', 'SIGWINCH'])
/** Milliseconds after the exit until its output counts as complete, even if somebody still holds the pipe. */
const DRAIN = 1000

/** One started program. `learner.ts` decides when it counts as ready. */
export class RunningProgram implements Program {
  readonly name: string
  readonly port: number
  readonly pid: number
  readonly exited: Promise<Exit>
  readonly startedAt: number
  readonly launch: Launch
  /** Set by its exit. */
  exit: Exit | undefined
  endedAt = 0
  hit: LimitHit | undefined
  /** True once the grader itself ended it, or meant it to end. */
  meantToEnd = false
  onLine: ((line: LogLine) => void) | undefined
  private readonly child: ChildProcess
  private readonly log = new LogKeeper()
  private readonly around: Surroundings
  private readonly file: number
  private bytes = 0
  private events = 0
  private cpu: number | undefined
  private pausedAt: number | undefined

  constructor(launch: Launch, around: Surroundings) {
    this.launch = launch
    this.around = around
    this.name = launch.name
    this.port = launch.port
    this.file = openSync(launch.logFile, 'a')
    this.startedAt = around.now()
    const { user } = launch
    const script = launchScript(launch.limits, { ownUser: user !== undefined, dataLimit: !launch.watchMemory })
    this.child = spawn('/bin/sh', ['-c', script, 'sh', process.execPath, ...launch.argv], {
      cwd: launch.cwd,
      env: launch.env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...user,
    })
    this.pid = this.child.pid ?? -1
    this.exited = this.watch()
    this.child.stdin!.on('error', () => {}) // it ended before it began; its exit says so
    if (this.pid > 0) {
      around.warden.add(this.pid)
      this.child.stdin!.end(`go\n${launch.stdin ?? ''}`)
    }
    this.mark('started')
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get logs(): readonly LogLine[] {
    return this.log.lines
  }

  get running(): boolean {
    return this.exit === undefined
  }

  /** True when it ended, the grader did not mean it to, and such a program may not. */
  get crashed(): boolean {
    const { mayEnd } = this.launch
    if (!this.exit || this.meantToEnd || mayEnd === 'always') return false
    return mayEnd === 'never' || this.exit.code !== 0
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.running) return
    if (signal === 'SIGSTOP') return this.pause()
    if (signal === 'SIGCONT') return this.resume()
    this.fault(signal === 'SIGKILL' ? 'kill -9' : signal)
    if (!PASSING.has(signal)) this.meantToEnd = true
    this.signal(signal)
    if (!PASSING.has(signal)) await this.exited
  }

  async stop(withinMs = 5000): Promise<Exit & { forced: boolean }> {
    let forced = false
    if (this.running) {
      this.meantToEnd = true
      this.fault('SIGTERM')
      this.signal('SIGTERM')
      const timer = setTimeout(() => {
        forced = true
        this.fault(`kill -9: it was still running ${withinMs} ms after SIGTERM`)
        this.signal('SIGKILL')
      }, withinMs)
      await this.exited
      clearTimeout(timer)
    }
    return { ...(await this.exited), forced }
  }

  pause(): void {
    if (!this.running || this.pausedAt !== undefined) return
    this.pausedAt = this.around.now()
    this.signal('SIGSTOP')
  }

  resume(): void {
    if (this.pausedAt === undefined) return
    this.fault('paused', this.pausedAt)
    this.pausedAt = undefined
    if (this.running) this.signal('SIGCONT')
  }

  async restart(): Promise<Program> {
    await this.kill()
    return this.around.restart(this)
  }

  memory(): Promise<number> {
    return this.running ? residentBytes(this.pid) : Promise.resolve(0)
  }

  /** End it without a word on the timeline: clean-up. */
  end(): Promise<Exit> {
    this.meantToEnd = true
    if (this.running) this.signal('SIGKILL')
    return this.exited
  }

  private signal(signal: NodeJS.Signals): void {
    if (!this.running || this.pid <= 0) return
    try {
      process.kill(-this.pid, signal)
    } catch {
      // It is gone; its exit is on its way.
    }
  }

  private over(hit: LimitHit): void {
    if (this.hit || !this.running) return
    this.hit = hit
    this.fault(`ended: ${hit.sentence}`)
    this.signal('SIGKILL')
  }

  private watch(): Promise<Exit> {
    const { launch } = this
    for (const stream of ['stdout', 'stderr'] as const) {
      const splitter = new LineSplitter(text => this.line(stream, text))
      this.child[stream]!.on('data', (chunk: Buffer) => {
        if (this.bytes > launch.limits.outputBytes) return
        this.bytes += chunk.length
        splitter.push(chunk)
        if (this.bytes > launch.limits.outputBytes) this.over(outputHit(launch.limits.outputBytes))
      })
      this.child[stream]!.on('end', () => splitter.end())
      this.child[stream]!.on('error', () => {})
    }
    const stopLooking = every(() => void this.look())
    return new Promise(resolve => {
      const settle = (code: number | null, signal: NodeJS.Signals | null) => {
        if (this.exit) return
        stopLooking()
        if (!this.meantToEnd) this.hit ??= limitBehind(code, signal, this.logs, launch.limits, this.cpu)
        this.exit = { code, signal, ...(this.hit ? { limit: this.hit.sentence } : {}) }
        this.endedAt = this.around.now()
        if (this.pausedAt !== undefined) this.fault('paused', this.pausedAt)
        const dropped = this.events - EVENTS
        if (dropped > 0) this.mark(`${dropped} more log lines are in ${launch.name}.log`)
        this.mark(`${exitWords(this.exit)}${this.hit ? `: ${this.hit.sentence}` : ''}`)
        writeSync(this.file, `${stamp(this.endedAt)} ------ ${exitWords(this.exit)}${this.hit ? `: ${this.hit.sentence}` : ''}\n`)
        closeSync(this.file)
        resolve(this.exit)
      }
      this.child.once('error', error => {
        this.line('stderr', `could not be started: ${error.message}`)
        settle(null, null)
      })
      this.child.once('exit', (code, signal) => {
        this.around.warden.drop(this.pid)
        // Nothing can be left in its group (programs cannot start others), but nothing may be.
        this.signal('SIGKILL')
        const timer = setTimeout(() => settle(code, signal), DRAIN)
        this.child.once('close', () => {
          clearTimeout(timer)
          settle(code, signal)
        })
      })
    })
  }

  private async look(): Promise<void> {
    const { limits, scratch, watchMemory } = this.launch
    this.cpu = cpuSeconds(this.pid) ?? this.cpu
    if (folderBytes(scratch) > SCRATCH_BYTES) this.over(scratchHit(SCRATCH_BYTES))
    // Resident memory has Node's own 60 MB or so on top.
    if (watchMemory && (await residentBytes(this.pid)) > (limits.memoryMb + 80) * 2 ** 20) this.over(memoryHit(limits.memoryMb))
  }

  private line(stream: LogLine['stream'], text: string): void {
    const line: LogLine = { at: this.around.now(), stream, text }
    this.log.add(line)
    if (!this.exit) writeSync(this.file, `${stamp(line.at)} ${stream} ${text}\n`)
    if (++this.events <= EVENTS) {
      this.around.onEvent({
        lane: this.name,
        kind: 'log',
        at: line.at,
        label: text.slice(0, 500),
        ok: stream === 'stdout',
        detail: { stream },
      })
    }
    this.onLine?.(line)
  }

  private mark(label: string): void {
    this.around.onEvent({ lane: this.name, kind: 'mark', at: this.around.now(), label })
  }

  private fault(label: string, from?: number): void {
    const now = this.around.now()
    this.around.onEvent({ lane: this.name, kind: 'fault', at: from ?? now, ...(from === undefined ? {} : { until: now }), label })
  }
}

const stamp = (ms: number): string => ms.toFixed(1).padStart(10)

/** The limits of a program: the defaults, with a KPI's changes. */
export const withDefaults = (limits: Partial<Limits> | undefined): Limits => ({ ...DEFAULT_LIMITS, ...limits })
