import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const SERVER = fileURLToPath(new URL('../../src/server.ts', import.meta.url))

/** A Kafka-lite process of its own, as the course starts it. */
export interface KafkaLiteProcess {
  port: number
  statusPort: number
  pid: number
  /** From spawn to READY (ms). */
  startMs: number
  stderr: () => string
  /** Resolves with the exit code, null after a signal. */
  exited: Promise<number | null>
  kill(signal: NodeJS.Signals): Promise<void>
}

/** Starts server.ts with this environment; resolves at its READY line. */
export async function spawnKafkaLite(env: Record<string, string>): Promise<KafkaLiteProcess> {
  const started = performance.now()
  const child = spawn(process.execPath, [SERVER], {
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', STATUS_PORT: '0', GROUP_MIN_SESSION_TIMEOUT_MS: '500', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  let stdout = ''
  child.stderr.on('data', chunk => {
    stderr = (stderr + chunk).slice(-20_000)
  })
  const exited = new Promise<number | null>(resolve => child.once('exit', code => resolve(code)))
  const ready = await new Promise<{ port: number; statusPort: number; pid: number }>((resolve, reject) => {
    child.stdout.on('data', chunk => {
      stdout += chunk
      const line = /^READY (.*)$/m.exec(stdout)
      if (line) resolve(JSON.parse(line[1]!))
    })
    void exited.then(code => reject(new Error(`the broker ended with ${code} before READY:\n${stderr}`)))
  })
  return {
    ...ready,
    startMs: performance.now() - started,
    stderr: () => stderr,
    exited,
    async kill(signal) {
      child.kill(signal)
      await exited
    },
  }
}

/** A fresh directory and the function that removes it. */
export function temporaryDirectory(name: string): { directory: string; remove: () => void } {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`))
  return { directory, remove: () => fs.rmSync(directory, { recursive: true, force: true }) }
}
