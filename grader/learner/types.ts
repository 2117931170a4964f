/** Running a learner's programs: separate, sandboxed, limited processes, seen from a KPI. */

export interface Limits {
  /** Megabytes of data segment (heap + buffers). */
  memoryMb: number
  /** CPU seconds over the program's life. */
  cpuSeconds: number
  openFiles: number
  /** Bytes of stdout + stderr before the program is ended. */
  outputBytes: number
}

export interface StartOptions {
  env?: Record<string, string>
  args?: string[]
  /** Name on the timeline and in logs; default: entry file's name + number. */
  name?: string
  /** Ready when: its PORT accepts connections (default for servers), an HTTP GET answers 2xx, a log line matches, or at once. */
  ready?: { kind: 'port' } | { kind: 'http'; path: string } | { kind: 'log'; match: RegExp } | { kind: 'none' }
  /** Milliseconds until "not ready" is the learner's failure. Default 10,000. */
  readyWithin?: number
  limits?: Partial<Limits>
  /** Further folders the program may read / write (absolute). */
  read?: string[]
  write?: string[]
}

export interface LogLine {
  /** Milliseconds since the run's start. */
  at: number
  stream: 'stdout' | 'stderr'
  text: string
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
  /** Set when a limit ended it, in the learner's words. */
  limit?: string
}

/** One running program of the learner. */
export interface Program {
  readonly name: string
  readonly pid: number
  /** The PORT it was told to listen on (127.0.0.1). */
  readonly port: number
  /** http://127.0.0.1:<port> */
  readonly url: string
  readonly logs: readonly LogLine[]
  readonly exited: Promise<Exit>
  readonly running: boolean
  /** kill -9 unless another signal is given; resolves when it is gone (at once for SIGSTOP/SIGCONT). */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** SIGTERM, then its exit; after `withinMs` SIGKILL and the exit says so. */
  stop(withinMs?: number): Promise<Exit & { forced: boolean }>
  pause(): void
  resume(): void
  /** kill -9 and start again with the same port, name and environment. */
  restart(): Promise<Program>
  /** Resident memory in bytes. */
  memory(): Promise<number>
}

/** The learner's lab as a KPI uses it. */
export interface Learner {
  /** The workspace's folder (a fresh copy; the learner's own folder is never touched). */
  readonly dir: string
  /** Start one program: a path in the workspace, e.g. 'src/server.ts'. Throws LearnerFault when it does not get ready. */
  start(entry: string, options?: StartOptions): Promise<Program>
  startMany(count: number, entry: string, options?: StartOptions | ((index: number) => StartOptions)): Promise<Program[]>
  /** Run a program to its end; throws LearnerFault when it does not end within `withinMs` (default 30,000). */
  run(
    entry: string,
    options?: StartOptions & { withinMs?: number; stdin?: string },
  ): Promise<Exit & { stdout: string; stderr: string; durationMs: number }>
  /** Text of a workspace file (e.g. a document to replay); throws LearnerFault when missing or over 1 MB. */
  read(path: string): Promise<string>
}
