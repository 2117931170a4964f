import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { bindable, listensOn } from './listens.ts'

const listening = async () => {
  const server = createServer(peer => peer.on('error', () => {})).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

test.runIf(process.platform === 'linux')('a listening port belongs to the process that listens, to no other', async () => {
  const { server, port } = await listening()
  expect(listensOn(process.pid, port)).toBe(true)
  expect(listensOn(process.ppid, port)).toBe(false)
  server.close()
  await once(server, 'close')
  expect(listensOn(process.pid, port)).toBe(false)
})

test('a port is bindable unless somebody listens there or an outgoing connection was given it', async () => {
  const { server, port } = await listening()
  expect(await bindable(port)).toBe(false)
  const outgoing = connect(port, '127.0.0.1')
  await once(outgoing, 'connect')
  expect(await bindable(outgoing.localPort!)).toBe(false)
  outgoing.destroy()
  server.close()
  await once(server, 'close')
  expect(await bindable(port)).toBe(true)
})
