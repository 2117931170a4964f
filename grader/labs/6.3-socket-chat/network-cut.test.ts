import { did, eventually, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { Chat } from './support/chat.ts'
import { buildImage, unplug } from './support/container.ts'

/** Needs docker: clients whose network is really gone; their kernel sends nothing. */
kpi('network-cut', async ({ learner, valkey, engine, random, cleanup }) => {
  if (engine !== 'docker') inconclusive('This KPI cuts a container off its network; run it with --engine docker.')
  const image = await buildImage({ learner, random, cleanup })
  const chat = new Chat({ learner, valkey, random, cleanup })
  const container = await image.start({ AUTH_SECRET: chat.secret, HEARTBEAT_MS: '1000' })
  const page = async () => (await container.exec(['wget', '-q', '-O', '-', 'http://127.0.0.1:7080/metrics'])).output
  const clients = await Promise.all(Array.from({ length: 20 }, (_, i) => chat.client(container.getMappedPort(7000), `driver${i}`)))
  expect(/^chat_connections (\d+)/m.exec(await page())?.[1], 'chat_connections').toBe(String(clients.length))
  await unplug(container)
  did(`${clients.length} clients were connected when I took the container off its network.`)
  await eventually(
    'the node finds out',
    async () => {
      expect(/^chat_connections (\d+)/m.exec(await page())?.[1], 'chat_connections').toBe('0')
      return true
    },
    { within: 20_000, every: 250 },
  )
})
