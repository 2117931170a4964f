import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ServiceName } from '../../course/types.ts'
import { CodedError } from '../../errors/coded-error.ts'
import { RUN_MARK } from '../../process/marked.ts'
import { cacheDir } from '../../process/places.ts'
import { eachLine } from '../../services/lines.ts'
import type { SupervisorNews, SupervisorPlan } from './protocol.ts'

const script = fileURLToPath(new URL('supervisor.ts', import.meta.url))
/** Milliseconds that an orderly stop may take before kill -9; the supervisor's warden then ends the servers. */
const STOP_WITHIN = 8_000

export type Up = Extract<SupervisorNews, { kind: 'up' }>

/** A supervisor that has brought up all of its services. */
export interface Supervisor {
  controlPort: number
  up: ReadonlyMap<ServiceName, Up>
  /** Ends the servers, then itself. */
  stop(): Promise<void>
  /** kill -9, for one that does not answer; its warden ends the servers a little later. */
  kill(): Promise<void>
}

/** Starts the supervisor process and waits until its services are usable. Throws the coded error it reports. */
export function startSupervisor(plan: SupervisorPlan, onProgress?: (text: string) => void): Promise<Supervisor> {
  mkdirSync(plan.runDir, { recursive: true })
  const log = openSync(join(plan.runDir, 'supervisor.log'), 'a')
  // The grader's environment stays out: only what the services need goes in.
  const kept = ['PATH', 'HOME', 'TMPDIR', 'MILLRACE_CACHE', 'XDG_CACHE_HOME'].map(name => [name, process.env[name]])
  const env = { ...Object.fromEntries(kept), NODE_COMPILE_CACHE: join(cacheDir(), 'compiled'), [RUN_MARK]: plan.runId }
  const child = spawn(process.execPath, ['--no-warnings', script], {
    cwd: plan.runDir,
    detached: true, // Out of the terminal's reach: Ctrl-C is for the grader to handle.
    env,
    stdio: ['pipe', 'pipe', log],
  }) as ChildProcessByStdio<Writable, Readable, null>
  closeSync(log)
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()).once('error', () => resolve()))
  child.stdin.on('error', () => {})
  const up = new Map<ServiceName, Up>()
  const end = async (patience: number) => {
    child.ref()
    child.stdin.end()
    const alarm = setTimeout(() => child.kill('SIGKILL'), patience)
    await exited
    clearTimeout(alarm)
  }
  let failure: CodedError | undefined
  return new Promise((resolve, reject) => {
    eachLine(child.stdout, line => {
      const news = JSON.parse(line) as SupervisorNews
      if (news.kind === 'progress') onProgress?.(news.text)
      else if (news.kind === 'up') up.set(news.service, news)
      else if (news.kind === 'failed') {
        failure = new CodedError(news.code, news.facts)
        void end(STOP_WITHIN) // Told to the caller when nothing runs any more.
      } else {
        // A session that is not closed must not hang the process at its end.
        child.unref()
        for (const pipe of [child.stdin, child.stdout]) (pipe as unknown as { unref(): void }).unref()
        resolve({ controlPort: news.controlPort, up, stop: () => end(STOP_WITHIN), kill: () => end(0) })
      }
    })
    const names = plan.services.map(service => service.name).join(', ')
    void exited.then(() => reject(failure ?? new CodedError('MR-E-046', { service: names, message: 'It ended while starting.' })))
    child.stdin.write(`${JSON.stringify(plan)}\n`)
  })
}
