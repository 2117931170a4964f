import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../../errors/coded-error.ts'
import { treeOf } from '../../process/marked.ts'
import { cacheDir } from '../../process/places.ts'
import type { EmbeddedServer, EmbeddedService, StartContext } from '../../services/embedded.ts'

/** Milliseconds a healthy server may take to answer: generous, because the price of a false alarm is its data. */
const PING_WITHIN = 3_000

/** One service's life: started, paused, killed and brought back on the same port. */
export class Supervised {
  readonly name: string
  readonly #service: EmbeddedService
  readonly #ctx: StartContext
  #server: EmbeddedServer | null = null
  #paused = false

  constructor(
    name: string,
    service: EmbeddedService,
    ctx: Omit<StartContext, 'dir' | 'logFd' | 'setup' | 'state' | 'user'> & { runDir: string },
  ) {
    this.name = name
    this.#service = service
    mkdirSync(ctx.runDir, { recursive: true })
    const logFd = openSync(join(ctx.runDir, `${name}.log`), 'a')
    this.#ctx = { ...ctx, user: service.user, dir: join(ctx.runDir, name), logFd, setup: [], state: {} }
    ctx.warden.dir(this.#ctx.dir)
  }

  get endpoint(): { port: number; user: string; version: string; pid: number } {
    return { port: this.#ctx.port, user: this.#ctx.user, version: this.#server?.version ?? '', pid: this.#server?.pid ?? -1 }
  }

  /** Starts the server unless it runs. Throws a coded error (040–045). */
  async start(): Promise<void> {
    if (this.#server) return
    const server = await within(this.#service.startWithin, this.#service.start(this.#ctx), () => this.#coded('MR-E-043')).catch(error => {
      if (error instanceof CodedError) throw error
      if (error.code === 'ENOSPC' || /no space left/i.test(this.#log()))
        throw new CodedError('MR-E-041', { service: this.name, path: this.#ctx.dir }, { cause: error })
      throw this.#coded('MR-E-045', error)
    })
    this.#server = server
    this.#paused = false
    this.#ctx.port = server.port
    void server.exited.then(() => {
      if (this.#server === server) this.#server = null
    })
  }

  /** kill -9 of the server and everything it started; resolves when it is gone. */
  async kill(): Promise<void> {
    const server = this.#server
    if (!server) return
    signal(treeOf(server.pid), 'SIGKILL')
    await server.exited
    this.#server = null
  }

  pause(): void {
    if (!this.#server) throw new Error(`${this.name} is not running`)
    signal(treeOf(this.#server.pid), 'SIGSTOP')
    this.#paused = true
  }

  resume(): void {
    if (this.#server) signal(treeOf(this.#server.pid), 'SIGCONT')
    this.#paused = false
  }

  async healthy(): Promise<boolean> {
    if (!this.#server || this.#paused) return false
    return within(PING_WITHIN, this.#service.ping(this.#ctx), () => new Error('no answer')).catch(() => false)
  }

  /** Brings it back when it does not answer; its present pid. */
  async ensure(): Promise<number> {
    if (!(await this.healthy())) {
      await this.kill()
      await this.start()
    }
    return this.endpoint.pid
  }

  /** Commands to run at each start before clients get in, by an owner's name; null takes them back. */
  setup(owner: string, commands: string[][] | null): void {
    const others = this.#ctx.setup.filter(command => this.#owners.get(command) !== owner)
    for (const command of commands ?? []) this.#owners.set(command, owner)
    this.#ctx.setup = [...others, ...(commands ?? [])]
  }
  readonly #owners = new WeakMap<string[], string>()

  request(op: string, args: Record<string, unknown>): Promise<unknown> {
    if (!this.#server) throw new Error(`${this.name} is not running`)
    if (this.#paused) throw new Error(`${this.name} is paused`)
    if (!this.#server.request) throw new Error(`${this.name} has no operation "${op}"`)
    return this.#server.request(op, args)
  }

  async stop(): Promise<void> {
    this.resume()
    await this.#server?.stop?.()
    await this.kill()
    closeSync(this.#ctx.logFd)
  }

  #log(): string {
    try {
      return readFileSync(join(this.#ctx.dir, '..', `${this.name}.log`), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(-4)
        .join(' | ')
        .slice(-600)
    } catch {
      return ''
    }
  }

  #coded(code: 'MR-E-043' | 'MR-E-045', error?: Error): CodedError {
    const facts = {
      service: this.name,
      seconds: this.#service.startWithin / 1000,
      how: error?.message ?? '',
      log: this.#log() || '(nothing)',
      cache: cacheDir(),
    }
    return new CodedError(code, facts, { cause: error })
  }
}

function signal(pids: number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // Gone meanwhile.
    }
  }
}

/** Settles like `promise`, or rejects with `late()` after `ms`. */
export function within<T>(ms: number, promise: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout
  const alarm = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(late()), ms)))
  return Promise.race([promise, alarm]).finally(() => clearTimeout(timer))
}
