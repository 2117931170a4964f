import { did, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { Chat, join, send } from './support/chat.ts'
import { buildImage } from './support/container.ts'

/** Needs docker: the node as an image; PID 1 must hear SIGTERM. */
kpi('image', async ({ learner, valkey, engine, random, cleanup }) => {
  if (engine !== 'docker') inconclusive('This KPI is about the image; run it with --engine docker.')
  const image = await buildImage({ learner, random, cleanup })
  did(`I built the image: ~${Math.round(image.bytes / 1e6)} MB.`)
  expect(['', '0', 'root'].includes(image.user.split(':')[0]!) ? 'root' : 'another', 'the user of its processes').toBe('another')
  expect(image.bytes / 1e6, 'megabytes of the image').toBeLessThan(400)

  const chat = new Chat({ learner, valkey, random, cleanup })
  const container = await image.start({ AUTH_SECRET: chat.secret, RECONNECT_SPREAD_MS: '20000' })
  const client = await chat.client(container.getMappedPort(7000), 'driver')
  await join(client, 'room')
  await send(client, 'room', 'm1', 'from a container')
  const began = performance.now()
  await container.stop({ timeout: 20_000 })
  did('A client was on it when I ran docker stop, with 20 s of grace.')
  await client.until('the end of the connection', () => client.end !== undefined)
  expect(`${client.heard.at(-1)!.t}, ${client.end}`, 'the last that the client heard').toBe('bye, FIN')
  expect(performance.now() - began, 'milliseconds until it had stopped').toBeLessThan(15_000)
})
