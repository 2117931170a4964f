/** A server of ours that runs as a program: options in its environment, one line `READY {…}` on standard output. Used by the supervisor. */
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CodedError } from '../errors/coded-error.ts'
import { spawnGuarded } from '../process/guarded.ts'
import type { EmbeddedServer, StartContext } from './embedded.ts'
import { eachLine } from './lines.ts'

export interface ReadyProgram {
  /** As users know it, e.g. "kafka". */
  service: string
  /** The program, relative to the repository's root. */
  script: string
  /** Added to the little that every program gets. `PORT` is 0 at the first start. */
  env: Record<string, string>
  version: string
  startWithin: number
}

const root = new URL('../../', import.meta.url)
const keepCompiled = new URL('keep-compiled.ts', import.meta.url).href

/**
 * Starts `node <script>`; resolves at its READY line. The warden knows it before its first instruction. It is ended by kill -9: its data
 * goes with the run.
 * @throws CodedError MR-E-040 when its port is taken; an error with code ETIMEDOUT when it is not ready in time
 */
export async function startReadyProgram(ctx: StartContext, program: ReadyProgram): Promise<EmbeddedServer> {
  const env = { ...ctx.env, HOST: '127.0.0.1', PORT: String(ctx.port), ...program.env }
  const script = fileURLToPath(new URL(program.script, root))
  mkdirSync(ctx.dir, { recursive: true, mode: 0o700 })
  const log = join(ctx.dir, '..', `${program.service}.log`)
  const logged = statSync(log).size
  const child = spawnGuarded(ctx.warden, process.execPath, ['--no-warnings', '--import', keepCompiled, script], {
    cwd: ctx.dir,
    env,
    stderr: ctx.logFd,
  })
  let alarm: NodeJS.Timeout | undefined
  const exited = new Promise<string>(resolve => {
    child.once('error', error => resolve(`could not be started: ${error.message}`))
    child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `exited with code ${code}`))
  })
  const ready = new Promise<{ port: number }>((resolve, reject) => {
    eachLine(child.stdout!, line => {
      if (line.startsWith('READY ')) resolve(JSON.parse(line.slice(6)))
    })
    void exited.then(how => {
      if (/EADDRINUSE|address already in use/i.test(readFileSync(log).subarray(logged).toString()))
        reject(new CodedError('MR-E-040', { service: program.service, port: ctx.port }))
      else reject(new Error(how))
    })
    alarm = setTimeout(() => {
      child.kill('SIGKILL')
      reject(Object.assign(new Error('is not ready'), { code: 'ETIMEDOUT' }))
    }, program.startWithin)
  })
  const { port } = await ready.finally(() => clearTimeout(alarm))
  return { pid: child.pid!, port, version: program.version, exited }
}
