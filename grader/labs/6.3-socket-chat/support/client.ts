/** The grader's client: says what a KPI wants, keeps what it hears. */
import { Socket } from 'node:net'
import { fail } from '../../../kpi/index.ts'
import { type Frame, FrameReader, frame, token } from './wire.ts'

/** Milliseconds until a missing answer is a failure. */
export const PATIENCE = 4000
/** Longest that one wait counts as, in milliseconds: on a machine that did not let the grader run, the learner's program did not run either. */
const TICK = 50

/**
 * Milliseconds of patience that are left, each time it is called.
 * @param within how many there are
 */
export function patience(within = PATIENCE): () => number {
  let [left, last] = [within, performance.now()]
  return () => {
    const now = performance.now()
    left -= Math.min(now - last, 2 * TICK)
    last = now
    return left
  }
}

export interface ClientOptions {
  user: string
  secret: string
  /** Answer the server's pings; default true. */
  pong?: boolean
  /** Read what comes; default true. `readOn` changes it. */
  read?: boolean
}

/** "error unauthorized", "ack m1": a frame in a few words. */
export const brief = (one: Frame | undefined): string =>
  one === undefined ? 'nothing' : one.t === '(garbage)' ? `bytes that are no frame: ${one['saw']}` : JSON.stringify(one).slice(0, 200)

/** How a connection ended. */
export type End = 'FIN' | 'reset'

/** One connection. `heard` has every frame in order; `next` takes them one by one. */
export class ChatClient {
  readonly user: string
  readonly socket = new Socket()
  readonly heard: Frame[] = []
  /** Set when the server has closed. */
  end: End | undefined
  private readonly options: ClientOptions
  private readonly reader = new FrameReader()
  private readonly waiting = new Set<() => void>()
  private taken = 0

  constructor(options: ClientOptions) {
    this.options = options
    this.user = options.user
    this.socket.setNoDelay(true)
    this.socket.on('error', error => {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') this.end ??= 'reset'
    })
    this.socket.on('end', () => (this.end ??= 'FIN'))
    this.socket.on('close', () => {
      this.end ??= 'reset'
      this.wake()
    })
    if (options.read !== false) this.readOn()
  }

  /** Begin to read, when it was not to read from the beginning. */
  readOn(): void {
    this.socket.on('data', chunk => {
      for (const one of this.reader.read(chunk)) {
        this.heard.push(one)
        if (one.t === 'ping' && this.options.pong !== false) this.say({ t: 'pong', n: one['n'] })
      }
      this.wake()
    })
  }

  /** Open the TCP connection. Resolves when it is open; a refused one counts as ended by reset. */
  connect(port: number): Promise<this> {
    return new Promise(resolve => {
      this.socket.once('connect', () => resolve(this))
      this.socket.once('close', () => resolve(this))
      this.socket.connect(port, '127.0.0.1')
    })
  }

  get hello(): Frame {
    return { t: 'hello', versions: [1], token: token(this.user, this.options.secret) }
  }

  say(one: object): void {
    this.raw(frame(one))
  }

  raw(bytes: Uint8Array): void {
    if (this.socket.writable) this.socket.write(bytes)
  }

  /**
   * The next frame that `wanted` accepts, skipping others; each frame is taken once.
   * @param what in the learner's words
   * @throws KpiFailure when it does not come within PATIENCE, or the connection ends before
   */
  async next(what: string, wanted: (one: Frame) => boolean, within = PATIENCE): Promise<Frame> {
    for (const remaining = patience(within); ; ) {
      for (; this.taken < this.heard.length; this.taken++) {
        if (wanted(this.heard[this.taken]!)) return this.heard[this.taken++]!
      }
      const last = brief(this.heard.findLast(one => one.t !== 'ping'))
      if (this.end) fail({ subject: what, expected: 'an answer', saw: `the connection was closed (${this.end}); last frame: ${last}` })
      if (remaining() <= 0)
        fail({ subject: what, expected: `within ${Math.round(within / 100) / 10} s`, saw: `nothing of the kind; last frame: ${last}` })
      await this.change()
    }
  }

  /** Resolves when `holds` does, looking at each change. @throws KpiFailure when it does not within `within` ms */
  async until(what: string, holds: () => boolean, within = PATIENCE): Promise<void> {
    for (const remaining = patience(within); !holds(); ) {
      if (remaining() <= 0)
        fail({
          subject: what,
          expected: `within ${Math.round(within / 100) / 10} s`,
          saw: `not by then; last frame: ${brief(this.heard.findLast(one => one.t !== 'ping'))}`,
        })
      await this.change()
    }
  }

  /** Resolves when messages with all these ids have come. @throws KpiFailure that names one that is missing */
  async arrive(what: string, where: { room: string } | { to: string }, ids: readonly string[], within = PATIENCE): Promise<void> {
    for (const remaining = patience(within); ; await this.change()) {
      const have = new Set(this.messages(where).map(one => one['id']))
      const missing = ids.filter(id => !have.has(id))
      if (missing.length === 0) return
      if (remaining() > 0 && !this.end) continue
      fail({
        subject: what,
        expected: ids.length === 1 ? ids[0]! : `all ${ids.length} messages, ${ids[0]} to ${ids.at(-1)}`,
        saw: `${ids.length === 1 ? 'it did not come' : `~${ids.length - missing.length} of them; ${missing[0]} did not come`}${this.end ? `; the connection was closed (${this.end})` : ''}`,
      })
    }
  }

  /** Say one thing and wait for its answer of type `t`. An `error` instead is the learner's failure. */
  async ask(one: Frame, t: string, matching: (answer: Frame) => boolean = () => true): Promise<Frame> {
    this.say(one)
    const asked = `the answer to ${one.t}${one['room'] || one['user'] ? ` (${one['room'] ?? one['user']})` : ''}`
    const answer = await this.next(asked, got => (got.t === t && matching(got)) || got.t === 'error' || got.t === '(garbage)')
    if (answer.t !== t) fail({ subject: asked, expected: t, saw: brief(answer) })
    return answer
  }

  /** All `msg` frames so far, of one room or (with `to`) direct ones. */
  messages(where: { room: string } | { to: string }): Frame[] {
    return this.heard.filter(one => one.t === 'msg' && ('room' in where ? one['room'] === where.room : one['to'] === where.to))
  }

  /** Close for good, without a word. */
  close(): void {
    this.socket.destroy()
  }

  private change(): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        this.waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, TICK)
      this.waiting.add(done)
    })
  }

  private wake(): void {
    for (const done of [...this.waiting]) done()
  }
}
