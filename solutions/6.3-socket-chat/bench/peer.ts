/**
 * The bench's peers: broadcast servers as one writes them in an afternoon, on the same framing. Everybody is in one room; no limits, no resume, no ids.
 * MODE=memory: nothing is stored. MODE=redis: INCR, XADD and PUBLISH for each message, delivered when the subscription says so.
 */
import { createServer, type Socket } from 'node:net'
import { Redis } from 'ioredis'

const sockets = new Set<Socket>()
const prefix = process.env['KEY_PREFIX'] ?? 'peer:'
const stored = process.env['MODE'] === 'redis'
const redis = stored ? new Redis(process.env['REDIS_URL']!) : undefined
const subscriber = stored ? new Redis(process.env['REDIS_URL']!) : undefined

const frameOf = (text: string): Buffer => {
  const body = Buffer.from(text)
  const frame = Buffer.alloc(4 + body.length)
  frame.writeUInt32BE(body.length)
  body.copy(frame, 4)
  return frame
}
const broadcast = (text: string): void => {
  const frame = frameOf(text)
  for (const socket of sockets) socket.write(frame)
}
subscriber?.on('message', (_channel, text) => broadcast(text))
await subscriber?.subscribe(`${prefix}peer`)

let seq = 0
async function take(socket: Socket, frame: { t: string; id?: string; room?: string; body?: string }): Promise<void> {
  if (frame.t === 'hello') return void socket.write(frameOf('{"t":"welcome"}'))
  if (frame.t === 'join') return void socket.write(frameOf('{"t":"joined"}'))
  if (frame.t !== 'send') return
  const number = redis ? await redis.incr(`${prefix}peer-seq`) : ++seq
  const text = JSON.stringify({ t: 'msg', room: frame.room, seq: number, from: 'peer', id: frame.id, body: frame.body })
  if (redis) {
    await redis.xadd(`${prefix}peer-log`, 'MAXLEN', '=', 1000, '*', 'm', text)
    await redis.publish(`${prefix}peer`, text)
  } else broadcast(text)
  socket.write(frameOf(JSON.stringify({ t: 'ack', id: frame.id, seq: number, stored })))
}

createServer({ noDelay: true }, socket => {
  sockets.add(socket)
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', chunk => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
      const length = rest.readUInt32BE()
      void take(socket, JSON.parse(rest.toString('utf8', 4, 4 + length)))
      rest = rest.subarray(4 + length)
    }
  })
  socket.on('error', () => {})
  socket.once('close', () => sockets.delete(socket))
}).listen(Number(process.env['PORT']), '127.0.0.1')
