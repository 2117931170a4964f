/** The docker command line, with limits. */
import { spawn } from 'node:child_process'
import { RUN_MARK } from '../../process/marked.ts'

/** Bytes of output that are kept of one command. */
const OUTPUT_LIMIT = 16 << 20
/** What docker and its plugins are told of our environment: nothing that a compose file could pick up, no COMPOSE_* of the user's shell. */
const PASSED =
  /^(PATH|HOME|USER|TMPDIR|LANG|XDG_RUNTIME_DIR|DOCKER_(HOST|CONTEXT|CONFIG|CERT_PATH|TLS_VERIFY|API_VERSION)|SSL_CERT_(FILE|DIR)|(HTTP|HTTPS|NO)_PROXY)$/i

export interface DockerOptions {
  /** Milliseconds until the command is killed; default 30,000. */
  within?: number
  signal?: AbortSignal
  cwd?: string
  env?: Record<string, string>
  /** Standard input; default empty. */
  input?: string
  /** Each line of output (both streams) as it comes. */
  onLine?: (line: string) => void
  /** Marks the command's processes as the run's, so that they end with it. */
  runId?: string
}

/** What a docker command said, also when it failed. */
export interface DockerAnswer {
  code: number
  stdout: string
  stderr: string
}

/** A docker command that failed: its arguments, exit code (-1: killed at its limit) and the last lines it said. */
export class DockerFailure extends Error {
  readonly args: readonly string[]
  readonly exitCode: number
  readonly said: string
  constructor(args: readonly string[], exitCode: number, said: string) {
    super(`docker ${args.slice(0, 6).join(' ')}: ${said.trim().split('\n').at(-1) || `exit code ${exitCode}`}`)
    this.name = 'DockerFailure'
    this.args = args
    this.exitCode = exitCode
    this.said = said.trim()
  }
}

/** The environment in which docker commands run. */
export function dockerEnv(extra: Record<string, string> = {}, runId?: string): Record<string, string> {
  const passed = Object.entries(process.env).filter(([name, value]) => value !== undefined && PASSED.test(name)) as [string, string][]
  return { ...Object.fromEntries(passed), ...(runId ? { [RUN_MARK]: runId } : {}), ...extra }
}

/**
 * Run a docker command and tell how it ended, whatever its exit code.
 * @throws DockerFailure when it was killed at its limit, when docker cannot be started, or on `signal`
 */
export function askDocker(args: readonly string[], options: DockerOptions = {}): Promise<DockerAnswer> {
  const { within = 30_000, signal, cwd, env, input, onLine, runId } = options
  return new Promise((resolve, reject) => {
    const child = spawn('docker', args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: dockerEnv(env, runId),
      ...(cwd ? { cwd } : {}),
    })
    const kept = { stdout: '', stderr: '' }
    let ended: string | undefined
    const end = (why: string) => {
      ended ??= why
      // The group: plugins (compose, buildx) are children of docker.
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // It is gone.
      }
    }
    const timer = setTimeout(() => end(`no end within ${within / 1000} s`), within)
    const abort = () => end('cancelled')
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
    for (const name of ['stdout', 'stderr'] as const) {
      let rest = ''
      child[name].setEncoding('utf8').on('data', (text: string) => {
        if (kept[name].length < OUTPUT_LIMIT) kept[name] += text
        if (!onLine) return
        const lines = (rest + text).split(/\r?\n/)
        rest = lines.pop()!.slice(-10_000)
        for (const line of lines) if (line.trim()) onLine(line)
      })
    }
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
    child.once('error', error => {
      settle()
      reject(new DockerFailure(args, -1, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'docker is not installed' : error.message))
    })
    child.once('close', code => {
      settle()
      if (ended) reject(new DockerFailure(args, -1, `${kept.stderr}\n${ended}`))
      else resolve({ code: code ?? -1, ...kept })
    })
  })
}

/**
 * Run a docker command that is to succeed; resolves to its standard output, trimmed.
 * @throws DockerFailure with what it said
 */
export async function docker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await askDocker(args, options)
  if (code !== 0) throw new DockerFailure(args, code, stderr || stdout)
  return stdout.trim()
}
