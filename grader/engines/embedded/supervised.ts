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
  start(): Promise<void> {
    return this.#inTurn(() => this.#start())
  }

  /** kill -9 of the server and everything it started; resolves when it is gone. */
  kill(): Promise<void> {
    return this.#inTurn(() => this.#kill())
  }

  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#kill()
      await this.#start()
    })
  }

  /** Brings it back when it does not answer; its present pid. */
  ensure(): Promise<number> {
    return this.#inTurn(async () => {
      if (!(await this.healthy())) {
        await this.#kill()
        await this.#start()
      }
      return this.endpoint.pid
    })
  }

  #last: Promise<unknown> = Promise.resolve()
  /** One change of its life at a time: two fixtures that find it dead must not start it twice. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(change)
    this.#last = turn.catch(() => {})
    return turn
  }

  async #start(): Promise<void> {
    if (this.#server) return
    const server = await this.#service.start(this.#ctx).catch(error => {
      if (error instanceof CodedError) throw error
      if (error.code === 'ETIMEDOUT') throw this.#coded('MR-E-043', error)
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

  async #kill(): Promise<void> {
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
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>(resolve => (timer = setTimeout(() => resolve(false), PING_WITHIN)))
    return Promise.race([late, this.#service.ping(this.#ctx)]).finally(() => clearTimeout(timer))
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

  /** Ends the server in order. One that is still starting is left to the warden. */
  async stop(): Promise<void> {
    this.resume()
    await this.#server?.stop?.()
    await this.#kill()
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
