import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ObjectStoreOptions, type RunningObjectStore, startObjectStore } from '../../src/server.ts'

/** Root's credentials on every server the tests start. */
export const ROOT = { accessKey: 'millraceroot', secretKey: 'millrace-root-secret' }

/** Where build-peers.sh puts the programs we compare with. */
export const CACHE = process.env['MILLRACE_CACHE'] ?? join(homedir(), '.cache', 'millrace')

/** A server that speaks S3. */
export interface S3Server {
  readonly name: string
  readonly url: string
  stop(): Promise<void>
}

/** A fresh directory, removed by the returned function. */
export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'object-store-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Starts S3-lite in this process, in a fresh directory. */
export async function startLite(options: Partial<ObjectStoreOptions> = {}): Promise<RunningObjectStore & S3Server & { logged: string[] }> {
  const directory = temporaryDirectory()
  const logged: string[] = []
  const running = await startObjectStore({ dataDir: directory.path, ...ROOT, log: message => logged.push(message), ...options })
  return {
    ...running,
    name: 's3-lite',
    logged,
    stop: async () => {
      await running.stop(1_000)
      directory.remove()
    },
  }
}

/** The program of a peer, or undefined where it has not been built. */
export function peerProgram(name: string): string | undefined {
  const path = join(CACHE, 'bin', name)
  return existsSync(path) ? path : undefined
}

/** Starts MinIO or versitygw in a fresh directory. */
export async function startPeer(name: 'minio' | 'versitygw'): Promise<S3Server> {
  const program = peerProgram(name)
  if (!program) throw new Error(`${name} is not there: run bench/build-peers.sh ${name}`)
  const directory = temporaryDirectory()
  const [port, consolePort] = [await freePort(), await freePort()]
  const [data, versions] = [join(directory.path, 'data'), join(directory.path, 'versions')]
  mkdirSync(data)
  mkdirSync(versions)
  const args =
    name === 'minio'
      ? ['server', data, '--address', `127.0.0.1:${port}`, '--console-address', `127.0.0.1:${consolePort}`, '--quiet']
      : ['--port', `127.0.0.1:${port}`, 'posix', '--versioning-dir', versions, data]
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory.path,
    MINIO_ROOT_USER: ROOT.accessKey,
    MINIO_ROOT_PASSWORD: ROOT.secretKey,
    MINIO_BROWSER: 'off',
    MINIO_UPDATE: 'off',
    ROOT_ACCESS_KEY: ROOT.accessKey,
    ROOT_SECRET_KEY: ROOT.secretKey,
  }
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', data => (errors += data))
  const url = `http://127.0.0.1:${port}`
  await reachable(url, child, () => errors)
  return { name, url, stop: () => end(child).then(directory.remove) }
}

/** Ends a child process. */
export function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise(resolve => {
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}

/** Waits until the server answers HTTP; throws at the deadline, or when it has ended. */
async function reachable(url: string, child: ChildProcess, errors: () => string): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
    if (child.exitCode !== null) break
    // 503 is what MinIO says while it is still getting up.
    const status = await fetch(url).then(
      response => response.status,
      () => 0,
    )
    if (status !== 0 && status !== 503) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  child.kill('SIGKILL')
  throw new Error(`${url} did not come up: ${errors()}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
