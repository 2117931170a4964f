/** A dispatcher who listens: the chat's protocol as labs/6.3-socket-chat/PROTOCOL.md has it. */
import { createHmac } from 'node:crypto'
import { connect } from 'node:net'

export interface Listener {
  /** When a message of the room first held all of the words (performance.now). */
  seenAt(): number | undefined
  close(): void
}

const frame = (value: object): Buffer => {
  const payload = Buffer.from(JSON.stringify(value))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(payload.length)
  return Buffer.concat([head, payload])
}

/** Joins the dispatchers' room; resolves when it is a member. */
export function listen(address: string, secret: string, words: readonly string[], withinMs = 10_000): Promise<Listener> {
  const [host = '', port = ''] = address.split(':')
  const user = 'smoke'
  const token = `${user}.${createHmac('sha256', secret).update(user).digest('hex')}`
  const socket = connect({ host, port: Number(port), noDelay: true })
  let bytes = Buffer.alloc(0)
  let seen: number | undefined
  const joined = Promise.withResolvers<Listener>()
  const alarm = setTimeout(() => joined.reject(new Error(`the chat at ${address} let nobody in within ${withinMs / 1000} s`)), withinMs)
  socket.on('error', joined.reject)
  socket.on('connect', () => socket.write(frame({ t: 'hello', versions: [1], token })))
  socket.on('data', chunk => {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
      const end = 4 + bytes.readUInt32BE()
      const said = JSON.parse(bytes.subarray(4, end).toString()) as Record<string, unknown>
      bytes = bytes.subarray(end)
      if (said['t'] === 'welcome') socket.write(frame({ t: 'join', room: 'dispatch' }))
      else if (said['t'] === 'joined') joined.resolve({ seenAt: () => seen, close: () => socket.destroy() })
      else if (said['t'] === 'ping') socket.write(frame({ t: 'pong', n: said['n'] }))
      else if (said['t'] === 'msg' && words.every(word => String(said['body']).includes(word))) seen ??= performance.now()
    }
  })
  return joined.promise.finally(() => clearTimeout(alarm))
}
