/** The grader's own WebSocket client, which can also break the rules. RFC 6455, sections 4.1 and 5. */
import { createHash, randomBytes } from 'node:crypto'
import { Socket } from 'node:net'
import { fail } from '../../../kpi/index.ts'
import { PATIENCE, patience } from './client.ts'

export interface WsPiece {
  fin?: boolean
  rsv?: number
  opcode: number
  masked?: boolean
  payload?: string | Buffer
}

/** A frame as a client sends it, or as it must not. */
export function wsFrame({ fin = true, rsv = 0, opcode, masked = true, payload = '' }: WsPiece): Buffer {
  const body = Buffer.from(payload as string)
  const head = body.length < 126 ? Buffer.alloc(2) : body.length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10)
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  if (head.length === 2) head[1] = body.length
  else if (head.length === 4) head.writeUInt16BE(body.length, 2)
  else head.writeBigUInt64BE(BigInt(body.length), 2)
  if (head.length > 2) head[1] = head.length === 4 ? 126 : 127
  if (!masked) return Buffer.concat([head, body])
  head[1]! |= 0x80
  const mask = randomBytes(4)
  return Buffer.concat([head, mask, body.map((byte, i) => byte ^ mask[i % 4]!)])
}

/** What came: one frame of the server. */
export interface WsHeard {
  fin: boolean
  opcode: number
  masked: boolean
  payload: Buffer
}

/** One raw WebSocket connection. */
export class WsPeer {
  readonly socket = new Socket()
  readonly heard: WsHeard[] = []
  /** The response to the handshake: status line and headers. */
  response = ''
  end: 'FIN' | 'reset' | undefined
  private bytes: Buffer = Buffer.alloc(0)
  private wake = () => {}

  constructor() {
    this.socket.setNoDelay(true)
    this.socket.on('error', () => (this.end ??= 'reset'))
    this.socket.on('end', () => (this.end ??= 'FIN'))
    this.socket.on('close', () => {
      this.end ??= 'reset'
      this.wake()
    })
    this.socket.on('data', chunk => {
      this.bytes = Buffer.concat([this.bytes, chunk])
      this.read()
      this.wake()
    })
  }

  /** Open a connection and shake hands; `headers` replaces or, when empty, removes some. */
  async open(port: number, options: { headers?: Record<string, string>; behind?: Buffer } = {}): Promise<this> {
    const key = randomBytes(16).toString('base64')
    const headers = {
      host: '127.0.0.1',
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-key': key,
      'sec-websocket-version': '13',
      ...options.headers,
    }
    const lines = Object.entries(headers).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}\r\n`]))
    this.socket.connect(port, '127.0.0.1')
    this.socket.write(Buffer.concat([Buffer.from(`GET /ws HTTP/1.1\r\n${lines.join('')}\r\n`), options.behind ?? Buffer.alloc(0)]))
    await this.until('the response to the handshake', () => this.response !== '' || this.end !== undefined)
    const wanted = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    if (/ 101 /.test(this.response) && !this.response.includes(wanted))
      fail({ subject: 'Sec-WebSocket-Accept', expected: wanted, saw: /sec-websocket-accept: *(\S*)/i.exec(this.response)?.[1] ?? 'none' })
    return this
  }

  get status(): string {
    return /^HTTP\/1\.1 (\d+)/.exec(this.response)?.[1] ?? this.end ?? 'none'
  }

  send(...pieces: WsPiece[]): void {
    if (this.socket.writable) this.socket.write(Buffer.concat(pieces.map(wsFrame)))
  }

  /** One payload of the chat as a text message. */
  say(one: object): void {
    this.send({ opcode: 1, payload: JSON.stringify(one) })
  }

  /** Payloads of the chat so far. */
  get frames(): Record<string, unknown>[] {
    return this.heard.filter(one => one.opcode === 1).map(one => JSON.parse(one.payload.toString()) as Record<string, unknown>)
  }

  /** Code of the server's close frame; undefined while there is none. */
  get closeCode(): number | undefined {
    const close = this.heard.find(one => one.opcode === 8)
    return close && (close.payload.length >= 2 ? close.payload.readUInt16BE(0) : 1005)
  }

  /** @throws KpiFailure when it does not hold in time */
  async until(what: string, holds: () => boolean): Promise<void> {
    for (const remaining = patience(); !holds(); ) {
      if (remaining() <= 0 || this.end)
        fail({
          subject: what,
          expected: `within ${PATIENCE / 1000} s`,
          saw: this.end ? `the connection was closed (${this.end})` : 'not by then',
        })
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, 50)
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  private read(): void {
    if (this.response === '') {
      const at = this.bytes.indexOf('\r\n\r\n')
      if (at < 0) return
      this.response = this.bytes.toString('latin1', 0, at + 4)
      this.bytes = this.bytes.subarray(at + 4)
    }
    for (;;) {
      if (this.bytes.length < 2) return
      let [length, at] = [this.bytes[1]! & 0x7f, 2]
      if (length === 126) [length, at] = [this.bytes.length >= 4 ? this.bytes.readUInt16BE(2) : Number.POSITIVE_INFINITY, 4]
      else if (length === 127)
        [length, at] = [this.bytes.length >= 10 ? Number(this.bytes.readBigUInt64BE(2)) : Number.POSITIVE_INFINITY, 10]
      if (this.bytes.length < at + length) return
      const [first, second] = [this.bytes[0]!, this.bytes[1]!]
      this.heard.push({ fin: first >= 0x80, opcode: first & 15, masked: second >= 0x80, payload: this.bytes.subarray(at, at + length) })
      this.bytes = this.bytes.subarray(at + length)
    }
  }
}
