import type { Socket } from 'node:net'
import { FrameSplitter } from './frames.ts'

/** What a connection needs from the broker. */
export interface ConnectionHost {
  maxRequestBytes: number
  idleMs: number
  /** Answers a frame: the buffers to send, or null where the protocol has no answer (acks=0). */
  handle(frame: Buffer, connection: Connection): Promise<Buffer[] | null> | Buffer[] | null
  /** Accounts for bytes held; false when the node holds too many. */
  hold(delta: number): boolean
  closed(connection: Connection, error: Error | null): void
}

/**
 * One client. Requests are answered in order, one at a time, as Kafka does: while one is being answered the socket is not read,
 * so a client that sends faster than it is served, or reads slower than it is answered, is slowed by TCP and costs no memory.
 */
export class Connection {
  readonly socket: Socket
  readonly clientHost: string
  clientId = ''
  readonly #host: ConnectionHost
  readonly #frames: FrameSplitter
  #working = false
  #held = 0
  #gone = false
  readonly #ends: (() => void)[] = []

  constructor(socket: Socket, host: ConnectionHost) {
    this.socket = socket
    this.clientHost = `/${socket.remoteAddress ?? ''}`
    this.#host = host
    this.#frames = new FrameSplitter(host.maxRequestBytes)
    socket.setNoDelay(true)
    socket.setTimeout(host.idleMs, () => this.#working || this.close())
    socket.on('data', chunk => this.#received(chunk))
    socket.on('error', error => this.close(error))
    socket.on('close', () => this.#closed(null))
  }

  #received(chunk: Buffer): void {
    this.#frames.push(chunk)
    if (!this.#account()) this.close(new Error('the node holds too many unfinished requests'))
    else if (!this.#working) void this.#work()
  }

  #account(): boolean {
    const delta = this.#frames.held - this.#held
    this.#held = this.#frames.held
    return this.#host.hold(delta)
  }

  async #work(): Promise<void> {
    this.#working = true
    try {
      for (let frame = this.#frames.next(); frame; frame = this.#frames.next()) {
        this.#account()
        let answer = this.#host.handle(frame, this)
        if (answer instanceof Promise) {
          this.socket.pause()
          answer = await answer
        }
        if (this.socket.destroyed) return
        if (answer && !this.#send(answer)) await this.#drained()
        if (this.socket.destroyed) return
      }
      this.socket.resume()
    } catch (error) {
      this.close(error as Error)
    } finally {
      this.#working = false
    }
  }

  #send(buffers: Buffer[]): boolean {
    this.socket.cork()
    let room = true
    for (const buffer of buffers) room = this.socket.write(buffer)
    this.socket.uncork()
    return room
  }

  #drained(): Promise<void> {
    this.socket.pause()
    return new Promise(resolve => {
      const done = () => {
        this.socket.off('drain', done)
        this.socket.off('close', done)
        resolve()
      }
      this.socket.on('drain', done)
      this.socket.on('close', done)
    })
  }

  /** Calls `end` when the connection closes, so that a waiting fetch does not outlive its client; returns the function that undoes it. */
  onClose(end: () => void): () => void {
    this.#ends.push(end)
    return () => void this.#ends.splice(this.#ends.indexOf(end), 1)
  }

  /** Closes at once. */
  close(error: Error | null = null): void {
    if (this.socket.destroyed) return
    this.socket.destroy()
    this.#closed(error)
  }

  #closed(error: Error | null): void {
    if (this.#gone) return
    this.#gone = true
    if (this.#held > 0) this.#host.hold(-this.#held)
    this.#held = 0
    for (const end of this.#ends.splice(0)) end()
    this.#host.closed(this, error)
  }
}
