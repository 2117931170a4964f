import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { page, startClients, startNode, unplug } from './support/container.ts'

const CLIENTS = 20

/** Needs docker: clients whose network is really gone. Their kernel sends nothing, and the node's kernel gives up a quarter of an hour later. */
kpi('network-cut', async ({ compose, random, cleanup }) => {
  const image = await compose.image()
  const secret = random.word(12)
  // Three heartbeats of silence: long enough for all to be welcomed and cut before the first of them counts.
  const node = await startNode(image, { AUTH_SECRET: secret, HEARTBEAT_MS: '4000' }, cleanup)
  const clients = await startClients({ count: CLIENTS, node, secret, labels: image.labels }, cleanup)
  const connections = async () => /^chat_connections (\d+)/m.exec(await page(node, '/metrics'))?.[1]
  expect(await connections(), 'chat_connections').toBe(String(CLIENTS))

  await unplug(clients)
  did(`${CLIENTS} clients were connected, from another container, when I took that one off its network.`)
  await eventually(
    'the node finds out',
    async () => {
      expect(await connections(), 'chat_connections').toBe('0')
      return true
    },
    { within: 30_000, every: 500 },
  )
})
