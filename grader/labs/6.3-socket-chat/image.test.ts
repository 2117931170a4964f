import { did, expect, kpi } from '../../kpi/index.ts'
import { Chat, join, send } from './support/chat.ts'
import { startNode } from './support/container.ts'

/** Needs docker: the node as an image; process 1 must hear SIGTERM. */
kpi('image', async ({ learner, valkey, compose, random, cleanup }) => {
  const image = await compose.image()
  did(`I built the image: ~${Math.round(image.bytes / 1e6)} MB.`)
  expect(['', '0', 'root'].includes(image.user.split(':')[0]!) ? 'root' : 'another', 'the user of its processes').toBe('another')
  if (image.bytes > 400e6) expect(`~${Math.round(image.bytes / 1e6)} MB`, 'size of the image').toBe('less than 400 MB')

  const chat = new Chat({ learner, valkey, random, cleanup })
  const container = await startNode(image, { AUTH_SECRET: chat.secret, RECONNECT_SPREAD_MS: '20000' }, cleanup)
  const client = await chat.client(container.getMappedPort(7000), 'driver')
  await join(client, 'room')
  await send(client, 'room', 'm1', 'from a container')
  await container.stop({ timeout: 20_000, remove: false })
  did('A client was on it when I ran docker stop, with 20 s of grace.')
  await client.until('the end of the connection', () => client.end !== undefined)
  expect(`${client.heard.at(-1)!.t}, ${client.end}`, 'the last that the client heard').toBe('bye, FIN')
})
