import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FaultProxy, faultProxy } from './fault-proxy.ts'

let echo: ReturnType<typeof createServer>
let proxy: FaultProxy
const segments: number[] = []
const open: Socket[] = []

beforeEach(async () => {
  segments.length = 0
  echo = createServer(socket => {
    open.push(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('data', bytes => {
      segments.push(bytes.length)
      socket.write(bytes)
    })
  }).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await faultProxy({ target: (echo.address() as { port: number }).port })
})
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  await proxy.close()
  echo.close()
})

async function client(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1').setNoDelay(true)
  socket.on('error', () => {})
  open.push(socket)
  await once(socket, 'connect')
  return socket
}
/** `once` would reject on the reset's 'error' first. */
const closing = (socket: Socket) => new Promise<void>(resolve => socket.once('close', () => resolve()))
const reply = async (socket: Socket, text: string): Promise<string> => {
  let got = ''
  socket.write(text)
  for await (const bytes of socket) if ((got += bytes).length >= text.length) break
  return got
}
const answer = async (socket: Socket, text: string): Promise<string> => {
  const done = Promise.withResolvers<string>()
  let got = ''
  const onData = (bytes: Buffer) => {
    got += bytes
    if (got.length >= text.length) done.resolve(got)
  }
  socket.on('data', onData)
  socket.write(text)
  const value = await done.promise
  socket.off('data', onData)
  return value
}

test('without a fault bytes pass unchanged', async () => {
  expect(await answer(await client(), 'hello')).toBe('hello')
  expect(proxy.accepted).toBe(1)
})

test('byte at a time: the server gets many segments, the text stays whole', async () => {
  proxy.set({ up: { byteAtATime: true } })
  expect(await answer(await client(), 'hello world')).toBe('hello world')
  expect(segments.length).toBeGreaterThan(3)
})

test('delay holds back and keeps the order', async () => {
  proxy.set({ up: { delayMs: 80 } })
  const socket = await client()
  const began = performance.now()
  expect(await answer(socket, 'one two')).toBe('one two')
  expect(performance.now() - began).toBeGreaterThanOrEqual(75)
})

test('a cut resets what is open and refuses what is new until healed', async () => {
  const socket = await client()
  await answer(socket, 'x')
  const closed = closing(socket)
  expect(proxy.cut()).toBe(1)
  await closed
  const refused = connect(proxy.port, '127.0.0.1')
  refused.on('error', () => {})
  await closing(refused)
  proxy.heal()
  expect(await answer(await client(), 'back')).toBe('back')
})

test('half-open: no byte, no close; after healing the connection that lost bytes is reset', async () => {
  const socket = await client()
  await answer(socket, 'x')
  proxy.halfOpen()
  let closed = false
  socket.once('close', () => (closed = true))
  const heard: Buffer[] = []
  socket.on('data', bytes => heard.push(bytes))
  socket.write('lost')
  const other = await client()
  other.write('lost too')
  await new Promise(resolve => setTimeout(resolve, 60))
  expect({ closed, heard: heard.length, seen: segments.length }).toEqual({ closed: false, heard: 0, seen: 1 })
  const gone = closing(socket)
  proxy.heal()
  await gone
})

test('a slow reader makes the sender feel backpressure', async () => {
  proxy.set({ down: { bytesPerSecond: 2000 } })
  const socket = await client()
  const began = performance.now()
  expect((await reply(socket, 'y'.repeat(400))).length).toBe(400)
  expect(performance.now() - began).toBeGreaterThan(120)
})
