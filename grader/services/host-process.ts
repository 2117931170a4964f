/** The outside of a service's host process: starts it, asks it. Used by the supervisor only. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Warden } from '../process/warden.ts'
import type { Args } from './host-side.ts'
import { eachLine } from './lines.ts'

export interface HostProcess {
  readonly pid: number
  readonly exited: Promise<string>
  readonly running: boolean
  /** Rejects with the host's own error, when it ends, or after `withinMs` (default 5,000). */
  ask<T>(op: string, args?: Args, withinMs?: number): Promise<T>
  kill(signal: NodeJS.Signals): void
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Starts `node <script>` as a host; `logFd` gets its standard error. The warden knows it from its first moment. */
export function startHost(script: string, options: { env: NodeJS.ProcessEnv; logFd: number; warden: Warden }): HostProcess {
  const child: ChildProcess = spawn(process.execPath, ['--no-warnings', script], {
    env: options.env,
    detached: true,
    stdio: ['pipe', 'pipe', options.logFd],
  })
  const pid = child.pid ?? -1
  try {
    if (child.pid) options.warden.add(pid)
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  const waiting = new Map<number, Waiting>()
  let next = 1
  let ended = ''
  const exited = new Promise<string>(resolve => {
    const end = (how: string) => {
      ended = how
      if (child.pid) options.warden.drop(pid)
      for (const { reject } of waiting.values()) reject(new Error(`the service's process ${how}`))
      waiting.clear()
      resolve(how)
    }
    child.once('error', error => end(`could not be started: ${error.message}`))
    child.once('exit', (code, signal) => end(signal ? `was ended by ${signal}` : `exited with code ${code}`))
  })
  child.stdin?.on('error', () => {})
  if (child.stdout) {
    eachLine(child.stdout, text => {
      const { id, value, error, code } = JSON.parse(text) as { id: number; value?: unknown; error?: string; code?: string }
      const call = waiting.get(id)
      waiting.delete(id)
      if (error === undefined) call?.resolve(value)
      else call?.reject(Object.assign(new Error(error), { code }))
    })
  }
  return {
    pid,
    exited,
    get running() {
      return ended === ''
    },
    ask<T>(op: string, args: Args = {}, withinMs = 5_000): Promise<T> {
      if (ended) return Promise.reject(new Error(`the service's process ${ended}`))
      const id = next++
      return new Promise<unknown>((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(id)
          reject(Object.assign(new Error(`the service did not answer "${op}" within ${withinMs} ms`), { code: 'ETIMEDOUT' }))
        }, withinMs)
        const settle = (then: () => void) => {
          clearTimeout(timer)
          then()
        }
        waiting.set(id, { resolve: value => settle(() => resolve(value)), reject: error => settle(() => reject(error)) })
        child.stdin?.write(`${JSON.stringify({ id, op, args })}\n`)
      }) as Promise<T>
    },
    kill: signal => void child.kill(signal),
  }
}
