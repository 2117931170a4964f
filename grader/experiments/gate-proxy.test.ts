import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { gateProxy } from './gate-proxy.ts'

/** A counter: "get" answers with its value, "set n" sets it, "take" takes one if there is one and says so. */
async function counterServer(value: number) {
  let left = value
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', data => {
      const [verb, n] = data.toString().trim().split(' ')
      if (verb === 'get') socket.write(`${left}\n`)
      if (verb === 'set') socket.write(`${(left = Number(n))}\n`)
      if (verb === 'take') socket.write(left > 0 ? `${left--}\n` : '0\n')
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as { port: number }).port, close: () => server.close() }
}

const ask = (socket: Socket, text: string): Promise<number> =>
  new Promise(resolve => {
    socket.once('data', data => resolve(Number(data)))
    socket.write(`${text}\n`)
  })

async function race(taker: (socket: Socket) => Promise<boolean>, count = 4) {
  const server = await counterServer(1)
  const gate = await gateProxy({ target: server.port, lanes: count, quiet: 200 })
  const sockets = gate.ports.map(port => connect(port, '127.0.0.1'))
  gate.lockstep()
  const taken = await Promise.all(
    sockets.map(async (socket, lane) => {
      const got = await taker(socket)
      gate.leave(lane)
      return got
    }),
  )
  const { met } = gate
  await gate.close()
  server.close()
  return { taken: taken.filter(Boolean).length, met }
}

test('check-then-set loses the race every time', async () => {
  for (let i = 0; i < 20; i++) {
    const result = await race(async socket => {
      const left = await ask(socket, 'get')
      if (left > 0) await ask(socket, `set ${left - 1}`)
      return left > 0
    })
    expect(result).toEqual({ taken: 4, met: 2 })
  }
})

test('one atomic step wins it every time, and nobody waits for a lane that has finished', async () => {
  for (let i = 0; i < 20; i++) expect((await race(async socket => (await ask(socket, 'take')) > 0)).taken).toBe(1)
  const uneven = await race(async socket => {
    const extra = socket.remotePort! % 2 === 0
    if (extra) await ask(socket, 'get')
    return (await ask(socket, 'take')) > 0
  })
  expect(uneven.taken).toBe(1)
})

test('a lane that never asks does not stop the others', async () => {
  let n = 0
  expect((await race(async socket => (n++ === 0 ? false : (await ask(socket, 'take')) > 0))).taken).toBe(1)
})
