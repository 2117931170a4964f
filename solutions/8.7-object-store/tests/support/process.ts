import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { end, ROOT } from './servers.ts'

/** The server as a program. */
export interface ServerProcess {
  readonly url: string
  readonly pid: number
  readonly child: ChildProcess
  /** Ends it and says with which code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

const PROGRAM = new URL('../../src/server.ts', import.meta.url).pathname

/** Starts the program; rejects with what it said on stderr where it ends instead of getting ready. */
export function startProcess(dataDir: string, more: Record<string, string> = {}): Promise<ServerProcess> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATA_DIR: dataDir,
    PORT: '0',
    ACCESS_KEY: ROOT.accessKey,
    SECRET_KEY: ROOT.secretKey,
    ...more,
  }
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', data => (errors += data))
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`exit ${code}: ${errors.trim()}`)))
    child.stdout.once('data', data => {
      const { port, pid } = JSON.parse(/^READY (.*)$/m.exec(String(data))![1]!) as { port: number; pid: number }
      const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
        await end(child, signal)
        return child.exitCode
      }
      resolve({ url: `http://127.0.0.1:${port}`, pid, child, stop })
    })
  })
}

/** The most memory that a process has had, in MiB, where the system tells (Linux). */
export function peakMemory(pid: number): number | undefined {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
  } catch {
    return undefined
  }
}
