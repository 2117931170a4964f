/**
 * A chat for your terminal. Given: not yours to change.
 *   node src/client.ts anna                        to 127.0.0.1:7000
 *   node src/client.ts bo 127.0.0.1:7002           to another node
 * It reconnects by your reconnect.ts, resumes by seq, and sends again what was not acknowledged.
 */
import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { encodeFrame, FrameDecoder } from './framing.ts'
import { nextWait } from './reconnect.ts'
import { tokenFor } from './token.ts'
import type { Reconnect, ServerFrame } from './types.ts'

const [user = 'anna', address = '127.0.0.1:7000'] = process.argv.slice(2)
const [host = '127.0.0.1', port = '7000'] = address.split(':')
const secret = process.env['AUTH_SECRET'] ?? 'fjordline'

let socket: Socket | undefined
/** Nothing but hello is said before the welcome. */
let welcome = false
let room = ''
let failures = 0
let retryInMs: number | undefined
let reconnect: Reconnect = { spreadMs: 0, baseMs: 1000, capMs: 30_000 }
/** Highest seq processed in each room that we are in. */
const rooms = new Map<string, number | undefined>()
/** Sent and not yet stored, in order. */
const unacknowledged = new Map<string, object>()
/** (from, id) of messages that came without a seq: they may come again with one. */
const unstored = new Set<string>()

const say = (frame: object): void => {
  if (welcome) socket?.write(encodeFrame(JSON.stringify(frame)))
}
const print = (text: string): void => console.log(text)
const joinRoom = (name: string): void =>
  say({ t: 'join', room: name, ...(rooms.get(name) === undefined ? {} : { after: rooms.get(name) }) })

function message(frame: Extract<ServerFrame, { t: 'msg' }>): void {
  const where = 'room' in frame ? `#${frame.room}` : 'to you'
  const key = `${where} ${frame.from} ${frame.id}`
  if (frame.seq === null) unstored.add(key)
  else {
    if ('room' in frame) rooms.set(frame.room, frame.seq)
    else say({ t: 'got', seq: frame.seq })
    if (unstored.delete(key)) return
  }
  print(`${where}  ${frame.from}: ${frame.body}`)
}

function hear(frame: ServerFrame): void {
  if (frame.t === 'welcome') {
    failures = 0
    retryInMs = undefined
    reconnect = frame.reconnect
    print(`-- ${frame.node} welcomes ${frame.user}; the store is ${frame.store}`)
    for (const name of rooms.keys()) joinRoom(name)
    for (const one of unacknowledged.values()) say(one)
  } else if (frame.t === 'msg') message(frame)
  else if (frame.t === 'ack') {
    if (frame.stored) unacknowledged.delete(frame.id)
  } else if (frame.t === 'joined') {
    if (rooms.get(frame.room) === undefined) rooms.set(frame.room, frame.seq ?? undefined)
    print(`-- in #${frame.room}${frame.gap ? '; some messages are gone' : ''}`)
  } else if (frame.t === 'ping') say({ t: 'pong', n: frame.n })
  else if (frame.t === 'status') {
    print(`-- the store is ${frame.store}`)
    if (frame.store === 'up') for (const one of unacknowledged.values()) say(one)
  } else if (frame.t === 'presence') print(`-- ${frame.user} is ${frame.status}`)
  else if (frame.t === 'bye') retryInMs = frame.reconnectInMs
  else if (frame.t === 'error') {
    print(`-- error ${frame.code}`)
    if (frame.code === 'busy') retryInMs = frame.retryInMs
  }
}

function open(): void {
  const decoder = new FrameDecoder(16_777_216)
  welcome = false
  const mine = connect({ host, port: Number(port), noDelay: true })
  socket = mine
  mine.on('connect', () => mine.write(encodeFrame(JSON.stringify({ t: 'hello', versions: [1], token: tokenFor(user, secret) }))))
  mine.on('data', chunk => {
    for (const payload of decoder.feed(chunk)) {
      const frame = JSON.parse(payload.toString()) as ServerFrame
      welcome ||= frame.t === 'welcome'
      hear(frame)
    }
  })
  mine.on('error', error => print(`-- ${error.message}`))
  mine.on('close', () => {
    socket = undefined
    if (!welcome) failures++
    const wait = nextWait({ failures, retryInMs, reconnect, random: Math.random })
    print(`-- not connected; next attempt in ${(wait / 1000).toFixed(1)} s`)
    setTimeout(open, wait)
  })
}

/** Words that begin with a slash; everything else goes to the room that was joined last. */
const COMMANDS: Record<string, (rest: string) => void> = {
  '/join': name => {
    room = name
    if (!rooms.has(name)) rooms.set(name, undefined)
    joinRoom(name)
  },
  '/leave': name => {
    rooms.delete(name || room)
    say({ t: 'leave', room: name || room })
  },
  '/to': rest => {
    const [to = '', ...words] = rest.split(' ')
    send({ to, body: words.join(' ') })
  },
  '/who': name => say({ t: 'who', user: name }),
  '/quit': () => process.exit(0),
}

function send(what: { room: string; body: string } | { to: string; body: string }): void {
  const frame = { t: 'send', id: randomUUID(), ...what }
  unacknowledged.set(frame.id, frame)
  say(frame)
}

print(`${user}: /join ROOM, /leave, /to USER TEXT, /who USER, /quit; anything else is said in the room`)
createInterface({ input: process.stdin }).on('line', line => {
  const [word = '', ...rest] = line.trim().split(' ')
  const command = COMMANDS[word]
  if (command) command(rest.join(' '))
  else if (room === '') print('-- /join a room first')
  else if (line.trim() !== '') send({ room, body: line.trim() })
})
open()
