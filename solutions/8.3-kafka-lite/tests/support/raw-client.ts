import net from 'node:net'
import { ERRORS } from '../../src/protocol/errors.ts'
import type { Message } from '../../src/protocol/message.ts'
import { MESSAGES } from '../../src/protocol/messages/index.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { Writer } from '../../src/protocol/writer.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind.
export type Answer = any

/** A client that sends exactly what it is told: for the cases that no well-behaved client produces. */
export class RawClient {
  readonly socket: net.Socket
  #buffer = Buffer.alloc(0)
  #waiting: { resolve: (frame: Buffer) => void; reject: (error: Error) => void }[] = []
  #correlation = 0
  closed = false

  private constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('data', chunk => this.#received(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('connection closed'))
    })
  }

  static connect(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(new RawClient(socket)))
      socket.once('error', reject)
    })
  }

  #received(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    while (this.#buffer.length >= 4 && this.#buffer.length >= 4 + this.#buffer.readInt32BE(0)) {
      const end = 4 + this.#buffer.readInt32BE(0)
      this.#waiting.shift()?.resolve(this.#buffer.subarray(4, end))
      this.#buffer = this.#buffer.subarray(end)
    }
  }

  /** The next frame that arrives. */
  nextFrame(): Promise<Buffer> {
    if (this.closed) return Promise.reject(new Error('connection closed'))
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** Sends bytes as they are. */
  write(bytes: Buffer): void {
    this.socket.write(bytes)
  }

  /** Sends a request of the table; resolves with its decoded answer. */
  async send(name: string, version: number, body: object): Promise<Answer> {
    const api = apiOf(name)
    this.write(encodeRequest(api, version, body, ++this.#correlation))
    const reader = new Reader(await this.nextFrame())
    reader.int32()
    reader.version = version
    reader.flexible = version >= api.flexibleFrom
    if (reader.flexible && api.name !== 'ApiVersions') reader.skipTags()
    return api.response.read(reader)
  }

  close(): void {
    this.socket.destroy()
  }
}

/** The row of the table with this name. */
export function apiOf(name: string): Message {
  const api = [...MESSAGES.values()].find(m => m.name === name)
  if (!api) throw new Error(`no such API: ${name}`)
  return api
}

/** A whole request frame, size included. */
export function encodeRequest(api: Message, version: number, body: object, correlationId = 1, clientId = 'raw'): Buffer {
  const w = new Writer()
  w.int16(api.key)
  w.int16(version)
  w.int32(correlationId)
  w.int16(clientId.length)
  w.text(clientId, clientId.length)
  w.version = version
  w.flexible = version >= api.flexibleFrom
  if (w.flexible) w.unsignedVarint(0)
  ;(api.request as { write(w: Writer, v: object): void }).write(w, body)
  const size = Buffer.alloc(4)
  size.writeInt32BE(w.length)
  return Buffer.concat([size, w.toBuffer()])
}

const NAMES = new Map(Object.entries(ERRORS).map(([name, code]) => [code as number, name]))

/** The name of an error code. */
export const errorName = (code: number): string => NAMES.get(code) ?? String(code)
