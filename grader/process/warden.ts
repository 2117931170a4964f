import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('warden.sh', import.meta.url))
const ending = fileURLToPath(new URL('end-run.ts', import.meta.url))

const PASSED = /^(PATH|HOME|XDG_RUNTIME_DIR|DOCKER_(HOST|CONTEXT|CONFIG|CERT_PATH|TLS_VERIFY|API_VERSION))$/

/** Ends processes and removes folders when its owner (the process that made it) is gone, even by kill -9. */
export interface Warden {
  readonly pid: number
  /** Know a process and the group it leads. `signal` is tried for a second before KILL; default KILL at once. Throws after `close`. */
  add(pid: number, signal?: 'QUIT' | 'TERM' | 'INT'): void
  /** Forget a process that has ended. */
  drop(pid: number): void
  /** A folder to remove at the end. */
  dir(path: string): void
  /** At the end also end every process marked with the run's id, then remove the run's folder. */
  run(id: string, path: string): void
  /** End all it knows now; resolves when that is done. */
  close(): Promise<void>
}

/**
 * Starts a warden: a small `sh` in a session of its own that ignores Ctrl-C and hang-up, reads commands from this process's pipe, and
 * acts when the pipe closes. It costs about a millisecond and does not keep this process alive.
 */
export function warden(): Warden {
  const child = spawn('sh', [script, process.execPath, ending], {
    cwd: '/',
    detached: true,
    // Not the owner's environment: a warden must not carry a run's mark, or it would end itself. Which Docker engine has the run's
    // containers it must know.
    env: { PATH: '/usr/bin:/bin', ...Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name))) },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()).once('error', () => resolve()))
  const pipe = child.stdin
  pipe.on('error', () => {}) // The warden is gone; the sweep at the next start does its work.
  child.unref()
  ;(pipe as unknown as { unref(): void }).unref()
  const tell = (line: string) => {
    if (line.includes('\n')) throw new Error(`a warden is told one line at a time: ${JSON.stringify(line)}`)
    if (pipe.writable) pipe.write(`${line}\n`)
  }
  let closed = false
  return {
    pid: child.pid ?? -1,
    add: (pid, signal) => {
      if (closed) throw new Error('the warden is closed: nothing may be started any more')
      tell(signal ? `add ${pid} ${signal}` : `add ${pid}`)
    },
    drop: pid => tell(`drop ${pid}`),
    dir: path => tell(`dir ${path}`),
    run: (id, path) => tell(`run ${id} ${path}`),
    close: () => {
      closed = true
      child.ref()
      pipe.end()
      return gone
    },
  }
}
