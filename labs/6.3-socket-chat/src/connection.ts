/** One client, from hello to the end. */
import type { Hub } from './hub.ts'
import type { Metrics } from './metrics.ts'
import type { Presence } from './presence.ts'
import { outgoing, ProtocolError, parse } from './protocol.ts'
import type { Store } from './store.ts'
import { userOf } from './token.ts'
import type { ClientFrame, CloseReason, Config, FatalCode, Outgoing, Transport, TransportEvents } from './types.ts'

export interface Parts {
  config: Config
  metrics: Metrics
  store: Store
  hub: Hub
  presence: Presence
}

/** Holds everything that belongs to one client; `close` gives all of it back. */
export class Connection {
  user: string | undefined
  /** Times of performance.now(), for heartbeat.ts. */
  heardAt = performance.now()
  pingedAt = 0
  readonly openedAt = performance.now()
  private readonly parts: Parts
  private readonly transport: Transport
  private readonly onClose: () => void
  private open = true

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

  /** Step 8: `waiting` of a client that does not read grows without end. */
  send(frame: Outgoing): void {
    if (this.open) this.transport.send(frame)
  }

  /** The fatal error, then the end. */
  fail(code: FatalCode): void {
    if (!this.open) return
    this.transport.send(outgoing({ t: 'error', code, fatal: true }))
    this.transport.end(code)
    this.close(code)
  }

  /** Step 11: answer what was received, say bye, end. */
  async drain(_reconnectInMs: number): Promise<void> {
    this.close('draining')
  }

  /** Give back everything this client holds: rooms, presence. */
  private close(reason: CloseReason): void {
    if (!this.open) return
    this.open = false
    this.parts.metrics.closed(reason)
    this.onClose()
  }

  private receive(bytes: Uint8Array): void {
    if (!this.open) return
    try {
      const frame = parse(bytes)
      if (this.user === undefined) this.greet(frame)
      else this.handle(frame)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      if (error.fatal) this.fail(error.code as FatalCode)
      // Step 2: the others are answered.
      else console.error(`${this.user}: ${error.code}`)
    }
  }

  private greet(frame: ClientFrame): void {
    const { config, store } = this.parts
    if (frame.t !== 'hello') throw new ProtocolError('hello_expected', { fatal: true })
    if (!frame.versions.includes(1)) throw new ProtocolError('unsupported_version', { fatal: true })
    const user = userOf(frame.token, config.authSecret)
    if (user === undefined) throw new ProtocolError('unauthorized', { fatal: true })
    this.user = user
    const { heartbeatMs, maxFrameBytes, reconnect, node } = config
    this.send(outgoing({ t: 'welcome', version: 1, user, node, heartbeatMs, maxFrameBytes, store: store.up ? 'up' : 'down', reconnect }))
  }

  private handle(frame: ClientFrame): void {
    switch (frame.t) {
      case 'ping':
        this.send(outgoing({ t: 'pong', n: frame.n }))
        break
      case 'pong':
        break
      case 'bye':
        this.transport.end('left')
        this.close('left')
        break
      default:
        // Steps 3 to 7: join, leave, send, got, who.
        console.error(`${frame.t} is not built yet`)
        this.send(outgoing({ t: 'error', code: 'bad_request', fatal: false }))
    }
  }
}
