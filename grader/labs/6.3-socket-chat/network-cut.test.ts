import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Chat } from './support/chat.ts'
import { page, startNode, unplug } from './support/container.ts'

const CLIENTS = 20

/** Needs docker: clients whose network is really gone; their kernel sends nothing. */
kpi('network-cut', async ({ learner, valkey, compose, random, cleanup }) => {
  const image = await compose.image()
  const chat = new Chat({ learner, valkey, random, cleanup })
  const container = await startNode(image, { AUTH_SECRET: chat.secret, HEARTBEAT_MS: '1000' }, cleanup)
  const connections = async () => /^chat_connections (\d+)/m.exec(await page(container, '/metrics'))?.[1]
  await Promise.all(Array.from({ length: CLIENTS }, (_, i) => chat.client(container.getMappedPort(7000), `driver${i}`)))
  expect(await connections(), 'chat_connections').toBe(String(CLIENTS))
  await unplug(container)
  did(`${CLIENTS} clients were connected when I took the container off its network.`)
  await eventually(
    'the node finds out',
    async () => {
      expect(await connections(), 'chat_connections').toBe('0')
      return true
    },
    { within: 20_000, every: 250 },
  )
})
