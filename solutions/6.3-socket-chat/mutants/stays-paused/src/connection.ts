/** One client, from hello to the end. */
import type { Hub } from './hub.ts'
import type { Metrics } from './metrics.ts'
import type { Presence } from './presence.ts'
import { outgoing, ProtocolError, parse } from './protocol.ts'
import type { Store } from './store.ts'
import { userOf } from './token.ts'
import type { ClientFrame, CloseReason, Config, ErrorCode, FatalCode, Outgoing, Stream, Transport, TransportEvents } from './types.ts'

export interface Parts {
  config: Config
  metrics: Metrics
  store: Store
  hub: Hub
  presence: Presence
}

const MOST_ROOMS = 100
/** Frames under way at which nothing more is read from the client. */
const PAUSE_AT = 64

type Send = Extract<ClientFrame, { t: 'send' }>

/** Holds everything that belongs to one client; `close` gives all of it back. */
export class Connection {
  user: string | undefined
  /** Times of performance.now(). */
  heardAt = performance.now()
  pingedAt = 0
  readonly openedAt = performance.now()
  private readonly parts: Parts
  private readonly transport: Transport
  private readonly onClose: () => void
  private readonly rooms = new Set<string>()
  private open = true
  private leaving = false
  /** A join under way: what comes after it waits, so that frames take effect in order. */
  private turn: Promise<void> | undefined
  private working = 0
  private idle: (() => void) | undefined

  constructor(parts: Parts, open: (events: TransportEvents) => Transport, onClose: () => void) {
    this.parts = parts
    this.onClose = onClose
    this.transport = open({
      heard: () => void (this.heardAt = performance.now()),
      payload: bytes => this.receive(bytes),
      broken: code => this.fail(code),
      closed: () => this.close('lost'),
    })
  }

  /** Bytes that wait for the client. */
  get waiting(): number {
    return this.transport.waiting
  }

  /** A quarter of what may wait for the client waits. */
  get busy(): boolean {
    return this.transport.waiting > this.parts.config.outboxBytes / 4
  }

  /** Queue a frame. Who does not read what is theirs is let go: their queue is our memory. */
  send(frame: Outgoing): void {
    if (!this.open) return
    if (this.transport.waiting + frame.text.length > this.parts.config.outboxBytes) this.fail('slow_consumer')
    else this.transport.send(frame)
  }

  /** The fatal error, then the end. */
  fail(code: FatalCode): void {
    if (!this.open) return
    if (code === 'slow_consumer') this.transport.destroy()
    else {
      this.transport.send(outgoing({ t: 'error', code, fatal: true }))
      this.transport.end(code)
    }
    this.close(code)
  }

  /** Answer what was received, say bye, end. */
  async drain(reconnectInMs: number): Promise<void> {
    this.leaving = true
    this.transport.pause()
    if (this.working > 0) await new Promise<void>(resolve => (this.idle = resolve))
    if (!this.open) return
    this.send(outgoing({ t: 'bye', reconnectInMs }))
    this.transport.end('draining')
    this.close('draining')
  }

  private close(reason: CloseReason): void {
    if (!this.open) return
    this.open = false
    this.idle?.()
    for (const room of this.rooms) this.parts.hub.leave({ room }, this)
    this.rooms.clear()
    if (this.user !== undefined) {
      this.parts.hub.leave({ to: this.user }, this)
      this.parts.presence.depart(this.user)
    }
    this.parts.metrics.closed(reason)
    this.onClose()
  }

  private receive(bytes: Uint8Array): void {
    if (!this.open || this.leaving) return
    try {
      const frame = parse(bytes)
      if (this.user === undefined) this.greet(frame)
      else if (this.turn || frame.t === 'join') this.queue(() => this.handle(this.user!, frame))
      else void this.handle(this.user, frame)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      if (error.fatal) this.fail(error.code as FatalCode)
      else if (this.user === undefined) this.fail('hello_expected')
      else this.answer(error.code, error.id)
    }
  }

  private answer(code: ErrorCode, id?: string): void {
    this.send(outgoing({ t: 'error', code, fatal: false, ...(id === undefined ? {} : { id }) }))
  }

  private greet(frame: ClientFrame): void {
    const { config, store, hub, presence } = this.parts
    if (frame.t !== 'hello') throw new ProtocolError('hello_expected', { fatal: true })
    if (!frame.versions.includes(1)) throw new ProtocolError('unsupported_version', { fatal: true })
    const user = userOf(frame.token, config.authSecret)
    if (user === undefined) throw new ProtocolError('unauthorized', { fatal: true })
    this.user = user
    const { heartbeatMs, maxFrameBytes, reconnect } = config
    this.send(
      outgoing({
        t: 'welcome',
        version: 1,
        user,
        node: config.node,
        heartbeatMs,
        maxFrameBytes,
        store: store.up ? 'up' : 'down',
        reconnect,
      }),
    )
    presence.arrive(user)
    this.queue(() => (this.open ? hub.join({ to: user }, this, 0) : undefined))
  }

  /** Run after what is under way, in order. */
  private queue(work: () => Promise<unknown> | undefined): void {
    this.begin()
    const mine = (this.turn ?? Promise.resolve())
      .then(work)
      .catch(error => console.error(`${this.user}:`, error))
      .then(() => {
        if (this.turn === mine) this.turn = undefined
        this.finish()
      })
    this.turn = mine
  }

  /** What is under way is bounded: a client that sends faster than the store takes waits for it. */
  private begin(): void {
    if (++this.working === PAUSE_AT) this.transport.pause()
  }

  private finish(): void {
    this.working--
    if (this.working === 0) this.idle?.()
  }

  private handle(user: string, frame: ClientFrame): Promise<unknown> | undefined {
    const { hub, presence, store } = this.parts
    if (!this.open) return
    switch (frame.t) {
      case 'ping':
        return void this.send(outgoing({ t: 'pong', n: frame.n }))
      case 'pong':
        return
      case 'bye':
        this.transport.end('left')
        return void this.close('left')
      case 'join':
        if (!this.rooms.has(frame.room) && this.rooms.size >= MOST_ROOMS) return void this.answer('too_many_rooms')
        this.rooms.add(frame.room)
        return hub.join({ room: frame.room }, this, frame.after, (seq, gap) =>
          this.send(outgoing({ t: 'joined', room: frame.room, seq, gap })),
        )
      case 'leave':
        this.rooms.delete(frame.room)
        hub.leave({ room: frame.room }, this)
        return void this.send(outgoing({ t: 'left', room: frame.room }))
      case 'send':
        if (frame.room !== undefined && !this.rooms.has(frame.room)) return void this.answer('not_member', frame.id)
        return void this.accept(user, frame)
      case 'got':
        return void store.trim({ to: user }, frame.seq).catch(() => {})
      case 'who':
        return presence.status(frame.user).then(status => this.send(outgoing({ t: 'presence', user: frame.user, status })))
      default:
        return void this.answer('bad_request')
    }
  }

  private async accept(from: string, { id, room, to, body }: Send): Promise<void> {
    const { hub, metrics } = this.parts
    const stream: Stream = room === undefined ? { to: to! } : { room }
    const began = performance.now()
    this.begin()
    const { seq, first } = await hub.send(stream, { from, id, body })
    if (first) metrics.message(room === undefined ? 'direct' : 'room', seq !== null)
    metrics.ackSeconds((performance.now() - began) / 1000)
    this.send(outgoing({ t: 'ack', id, seq, stored: seq !== null }))
    this.finish()
  }
}
