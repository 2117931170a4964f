import { createServer, type Server, Socket } from 'node:net'
import type { Timeline } from '../kpi/types.ts'

/** What happens to the bytes of one direction. */
export interface Flow {
  /** Milliseconds each chunk is held back; order is kept. */
  delayMs?: number
  /** At most this many bytes a second (a slow reader for the side that sends). */
  bytesPerSecond?: number
  /** Every byte as a segment of its own. */
  byteAtATime?: boolean
  /** Swallow everything: the peer is gone but no FIN or RST tells of it (half-open). */
  blackhole?: boolean
}

export interface FaultProxyOptions {
  host?: string
  /** Port of the real server. */
  target: number
  timeline?: Timeline
  /** Row of the timeline, e.g. 'valkey link'. */
  lane?: string
}

interface Pair {
  client: Socket
  server: Socket
}

/**
 * A TCP proxy on loopback between a learner's program and a server, with faults that can be switched while connections are open.
 * @example const link = await faultProxy({ target: valkey.port }); await learner.start('src/server.ts', { env: { REDIS_URL: url(link.port) } }); link.cut()
 */
export class FaultProxy {
  readonly port: number
  private readonly server: Server
  private readonly pairs = new Set<Pair>()
  private readonly options: FaultProxyOptions
  private up: Flow = {}
  private down: Flow = {}
  private refusing = false
  private fault: { label: string; at: number } | undefined
  /** Connections accepted so far, faults or not. */
  accepted = 0
  /** Bytes handed on towards the server so far: its kernel has them. */
  forwarded = 0

  constructor(server: Server, port: number, options: FaultProxyOptions) {
    this.server = server
    this.port = port
    this.options = options
    server.on('connection', client => this.connect(client))
  }

  get connections(): number {
    return this.pairs.size
  }

  /** Set the faults of both directions: `up` towards the server, `down` towards the client. Replaces what was set before. */
  set(flows: { up?: Flow; down?: Flow }, label = JSON.stringify(flows)): void {
    this.end()
    this.up = flows.up ?? {}
    this.down = flows.down ?? {}
    if (flows.up || flows.down) this.begin(label)
  }

  /** Open connections are reset and new ones refused until `heal`. Returns how many were cut. */
  cut(): number {
    this.end()
    this.refusing = true
    this.begin('connection cut')
    const cut = this.pairs.size
    for (const pair of this.pairs) this.drop(pair, true)
    return cut
  }

  /** Reset the open connections once; new ones are served. Returns how many were cut. */
  reset(): number {
    const cut = this.pairs.size
    for (const pair of this.pairs) this.drop(pair, true)
    const at = this.options.timeline?.now() ?? 0
    this.options.timeline?.add({ lane: this.lane, kind: 'fault', at, label: `${cut} connections reset` })
    return cut
  }

  /** Both directions swallow everything, no FIN, no RST: the peer in the tunnel. */
  halfOpen(): void {
    this.set({ up: { blackhole: true }, down: { blackhole: true } }, 'half-open')
  }

  /** No fault any more. Bytes that a black hole swallowed stay lost: connections that lost some are reset. */
  heal(): void {
    const lossy = this.up.blackhole || this.down.blackhole
    this.end()
    this.refusing = false
    this.up = {}
    this.down = {}
    if (lossy) for (const pair of this.pairs) this.drop(pair, true)
  }

  async close(): Promise<void> {
    this.end()
    for (const pair of this.pairs) this.drop(pair, false)
    await new Promise<void>(resolve => this.server.close(() => resolve()))
  }

  private get lane(): string {
    return this.options.lane ?? `link to ${this.options.target}`
  }

  private begin(label: string): void {
    this.fault = { label, at: this.options.timeline?.now() ?? 0 }
  }

  private end(): void {
    if (!this.fault) return
    this.options.timeline?.add({
      lane: this.lane,
      kind: 'fault',
      at: this.fault.at,
      until: this.options.timeline.now(),
      label: this.fault.label,
    })
    this.fault = undefined
  }

  private connect(client: Socket): void {
    this.accepted++
    client.on('error', () => {})
    if (this.refusing) return void client.resetAndDestroy()
    const server = new Socket()
    server.on('error', () => {})
    const pair = { client, server }
    this.pairs.add(pair)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.once('close', () => this.drop(pair, false))
    }
    server.connect(this.options.target, this.options.host ?? '127.0.0.1')
    const forwarded = (bytes: number) => void (this.forwarded += bytes)
    pipe(client, server, () => this.up, forwarded)
    pipe(server, client, () => this.down)
  }

  private drop(pair: Pair, reset: boolean): void {
    if (!this.pairs.delete(pair)) return
    for (const socket of [pair.client, pair.server]) reset ? socket.resetAndDestroy() : socket.destroySoon()
  }
}

/** Move bytes one way under the flow that holds when they arrive, in order, with backpressure. */
function pipe(from: Socket, to: Socket, flow: () => Flow, sent: (bytes: number) => void = () => {}): void {
  let turn: Promise<void> = Promise.resolve()
  const wait = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))
  const send = (bytes: Buffer) =>
    new Promise<void>(resolve => {
      if (!to.writable) return resolve()
      to.write(bytes, error => {
        if (!error) sent(bytes.length)
        resolve()
      })
    })
  from.on('data', chunk => {
    const { delayMs, bytesPerSecond, byteAtATime, blackhole } = flow()
    if (blackhole) return
    const due = performance.now() + (delayMs ?? 0)
    if (!delayMs && !bytesPerSecond && !byteAtATime) {
      from.pause()
      turn = turn.then(() => send(chunk)).then(() => void from.resume())
      return
    }
    if (bytesPerSecond) from.pause()
    turn = turn.then(async () => {
      if (delayMs) await wait(Math.max(0, due - performance.now()))
      const step = byteAtATime ? 1 : bytesPerSecond ? Math.max(1, Math.floor(bytesPerSecond / 50)) : chunk.length
      for (let i = 0; i < chunk.length; i += step) {
        await send(chunk.subarray(i, i + step))
        if (bytesPerSecond) await wait((1000 * step) / bytesPerSecond)
        else if (byteAtATime) await new Promise(resolve => setImmediate(resolve))
      }
      if (bytesPerSecond) from.resume()
    })
  })
  from.once('end', () => void turn.then(() => flow().blackhole || to.end()))
}

/** Start a fault proxy on a free loopback port. */
export async function faultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const server = createServer({ allowHalfOpen: true })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a listening server has a port')
  return new FaultProxy(server, address.port, options)
}
