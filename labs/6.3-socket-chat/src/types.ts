/** What the parts of the server say to each other. Given: not yours to change. */

/** Environment of one node; names as in PROTOCOL.md and the lesson. */
export interface Config {
  port: number
  httpPort: number
  node: string
  redisUrl: string
  keyPrefix: string
  authSecret: string
  maxFrameBytes: number
  outboxBytes: number
  heartbeatMs: number
  presenceTtlMs: number
  history: number
  storeTimeoutMs: number
  maxConnections: number
  acceptQueue: number
  admitPerSecond: number
  admitBurst: number
  drainMs: number
  reconnect: Reconnect
}

/** PROTOCOL.md, section 8. Milliseconds. */
export interface Reconnect {
  spreadMs: number
  baseMs: number
  capMs: number
}

/** What clients send, checked by protocol.ts. */
export type ClientFrame =
  | { t: 'hello'; versions: number[]; token: string }
  | { t: 'join'; room: string; after?: number }
  | { t: 'leave'; room: string }
  | { t: 'send'; id: string; room: string; to?: undefined; body: string }
  | { t: 'send'; id: string; to: string; room?: undefined; body: string }
  | { t: 'got'; seq: number }
  | { t: 'who'; user: string }
  | { t: 'ping'; n: number }
  | { t: 'pong'; n: number }
  | { t: 'bye' }

export type FatalCode =
  | 'frame_too_large'
  | 'bad_frame'
  | 'hello_expected'
  | 'unsupported_version'
  | 'unauthorized'
  | 'hello_timeout'
  | 'heartbeat_timeout'
  | 'slow_consumer'
  | 'busy'
export type ErrorCode = FatalCode | 'bad_request' | 'not_member' | 'too_many_rooms'

export type Status = 'online' | 'offline' | 'unknown'

/** A room's log or a user's inbox: both are streams of messages with one order. */
export type Stream = { room: string } | { to: string }

/** What a message says; the store adds its seq. */
export interface Message {
  from: string
  id: string
  body: string
}

/** What servers send. */
export type ServerFrame =
  | {
      t: 'welcome'
      version: 1
      user: string
      node: string
      heartbeatMs: number
      maxFrameBytes: number
      store: 'up' | 'down'
      reconnect: Reconnect
    }
  | { t: 'joined'; room: string; seq: number | null; gap: boolean }
  | { t: 'left'; room: string }
  | { t: 'ack'; id: string; seq: number | null; stored: boolean }
  | ({ t: 'msg'; seq: number | null } & Stream & Message)
  | { t: 'presence'; user: string; status: Status }
  | { t: 'ping' | 'pong'; n: number }
  | { t: 'status'; store: 'up' | 'down' }
  | { t: 'error'; code: ErrorCode; fatal: boolean; id?: string; retryInMs?: number }
  | { t: 'bye'; reconnectInMs: number }

/** Why a connection ended: the label of chat_closed_total. */
export type CloseReason = 'left' | 'lost' | 'draining' | FatalCode

/** One payload on its way to many: text once, and the bytes of each front once. */
export interface Outgoing {
  readonly text: string
  /** The whole TCP frame, made at first use. */
  tcp?: Buffer
  /** The whole WebSocket frame, made at first use. */
  ws?: Buffer
}

/** A peer, over TCP or over WebSocket. */
export interface Transport {
  /** Queue a frame. Bytes that the peer has not taken are in `waiting`. */
  send(frame: Outgoing): void
  /** Bytes queued in this process for the peer. */
  readonly waiting: number
  /** Stop and go on reading from the peer. */
  pause(): void
  resume(): void
  /** What is queued, then the end (FIN; a WebSocket's closing handshake for this reason). Reads nothing more. */
  end(reason: CloseReason): void
  /** Gone at once; nothing of it is kept. */
  destroy(): void
}

/** What a transport tells. */
export interface TransportEvents {
  /** Bytes arrived, whole frame or not. */
  heard(): void
  /** One whole payload. */
  payload(bytes: Uint8Array): void
  /** The peer broke the framing. */
  broken(code: FatalCode): void
  /** The peer has ended or is gone. Told once, also after `end` and `destroy`. */
  closed(): void
}
