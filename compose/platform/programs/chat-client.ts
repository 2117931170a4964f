/** A client of the chat's protocol (lab 6.3, PROTOCOL.md) that says what it is given until it is stored, over any number of connections. */
import { createHmac } from 'node:crypto'
import { connect, type Socket } from 'node:net'

export interface ChatOptions {
  address: string
  secret: string
  user: string
  room: string
  onMessage?: (message: { from: string; id: string; body: string; seq: number | null }) => void
}

export interface Chat {
  /** Resolves when the message is in the room's log. The same id is stored once, however often it is sent. */
  say(id: string, body: string): Promise<void>
  readonly joined: boolean
  close(): void
}

const frameOf = (value: object): Buffer => {
  const payload = Buffer.from(JSON.stringify(value))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(payload.length)
  return Buffer.concat([head, payload])
}

/** Joins a room, and joins it again whenever the connection breaks. */
export function openChat({ address, secret, user, room, onMessage }: ChatOptions): Chat {
  const [host = '127.0.0.1', port = '7000'] = address.split(':')
  const token = `${user}.${createHmac('sha256', secret).update(user).digest('hex')}`
  const waiting = new Map<string, { frame: object; stored: () => void }>()
  let socket: Socket | undefined
  let joined = false
  let closed = false
  let again: NodeJS.Timeout | undefined
  const send = (frame: object): void => void socket?.write(frameOf(frame))
  const sendWaiting = (): void => {
    for (const { frame } of waiting.values()) send(frame)
  }

  const hear = (frame: Record<string, unknown>): void => {
    if (frame['t'] === 'welcome') send({ t: 'join', room })
    else if (frame['t'] === 'joined') {
      joined = true
      sendWaiting()
    } else if (frame['t'] === 'ping') send({ t: 'pong', n: frame['n'] })
    else if (frame['t'] === 'status' && frame['store'] === 'up') sendWaiting()
    else if (frame['t'] === 'ack' && frame['stored'] === true) {
      waiting.get(String(frame['id']))?.stored()
      waiting.delete(String(frame['id']))
    } else if (frame['t'] === 'msg') onMessage?.(frame as never)
  }

  const open = (): void => {
    let bytes = Buffer.alloc(0)
    const mine = connect({ host, port: Number(port), noDelay: true })
    socket = mine
    mine.on('connect', () => send({ t: 'hello', versions: [1], token }))
    mine.on('data', chunk => {
      bytes = Buffer.concat([bytes, chunk])
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
        const end = 4 + bytes.readUInt32BE()
        hear(JSON.parse(bytes.subarray(4, end).toString()))
        bytes = bytes.subarray(end)
      }
    })
    mine.on('error', () => {}) // `close` follows, and with it the next attempt.
    mine.on('close', () => {
      joined = false
      if (!closed) again = setTimeout(open, 500 + Math.random() * 500)
    })
  }
  open()
  return {
    get joined() {
      return joined
    },
    say(id, body) {
      const frame = { t: 'send', id, room, body }
      return new Promise(resolve => {
        waiting.set(id, { frame, stored: resolve })
        if (joined) send(frame)
      })
    },
    close() {
      closed = true
      clearTimeout(again)
      socket?.destroy()
    },
  }
}
