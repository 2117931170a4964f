import { killContainer } from '../../engines/docker/nemesis.ts'
import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { configure, counts, quote, type Target } from './support/nodes.ts'

const NODES = ['node-1', 'node-2', 'node-3', 'node-4']
const LIMIT = { algorithm: 'token-bucket' as const, capacity: 50, refillPerSecond: 0.001 }

/** Four application containers behind the Redis of the compose file, which is then killed and comes back. */
kpi('containers', async ({ compose, random, timeline }) => {
  const project = await compose.up()
  const nodes: Target[] = NODES.map(name => {
    const port = project.port(name, 8080)
    return port ? { name, port } : fail({ subject: `compose.yaml: ports of ${name}`, expected: '8080 is published', saw: 'it is not' })
  })
  did('I brought the compose project up: four containers of the API, one Redis.')
  const tenant = () => `containers-${random.word(6)}`
  const burst = async (name: string) =>
    counts(await Promise.all(Array.from({ length: 400 }, (_, i) => quote(nodes[i % nodes.length]!, name))))

  const first = tenant()
  await configure(nodes, first, LIMIT)
  did('A limit of 50; I asked 400 times at once, each container in turn.')
  expect(await timeline.op('client', '400 requests', () => burst(first)), 'answers').toBe('50 × 200, 350 × 429')

  const heal = await killContainer(project, 'redis').inject()
  if (!heal) inconclusive('redis could not be killed')
  await heal()
  did('I killed Redis (-9), started it again, and set a limit of 50 anew.')
  const second = tenant()
  await eventually(
    'every node limits again',
    async () => {
      await configure(nodes, second, LIMIT)
      const statuses = await Promise.all(nodes.map(async (node, i) => (await quote(node, `warm-${i}-${random.word(4)}`)).status))
      return statuses.every(status => status === 200 || status === 429)
    },
    { within: 20_000, every: 200 },
  )
  expect(await timeline.op('client', '400 requests', () => burst(second)), 'answers after the restart').toBe('50 × 200, 350 × 429')
})
