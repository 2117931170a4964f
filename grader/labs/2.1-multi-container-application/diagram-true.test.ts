import { parseMarkdown } from '../../experiments/documents/document.ts'
import { readFlowchart } from '../../experiments/documents/flowchart.ts'
import { expectSameGraph } from '../../experiments/documents/graph-diff.ts'
import { did, eventually, kpi } from '../../kpi/index.ts'
import { ask, newVehicles, works } from './support/api.ts'
import { type Connection, connections } from './support/connections.ts'

const FILE = 'ARCHITECTURE.md'

kpi('diagram-true', async ({ compose, learner, random }) => {
  const drawn = readFlowchart(parseMarkdown(FILE, await learner.read(FILE)))
  const project = await compose.warm({ stays: ['db', 'cache'], within: 90_000 })
  const vehicles = await newVehicles(project, random, 20)
  await works(project, vehicles[0]!)
  // Pools connect when they are used and close what is idle, so what stood at any look counts. A program that uses no cache never has
  // a second connection, and that is shown as it is.
  const seen = new Map<string, Connection>()
  const unseen = vehicles.values()
  await eventually(
    'api is connected to database and cache',
    async () => {
      await ask(project, (unseen.next().value ?? vehicles[0]!).id)
      for (const edge of await connections(project)) seen.set(`${edge.from} ${edge.to}`, edge)
      return seen.size >= 2
    },
    { within: 10_000, every: 200 },
  ).catch(() => undefined)
  const edges = [...seen.values()].sort((a, b) => `${a.from} ${a.to}`.localeCompare(`${b.from} ${b.to}`))
  did('I used the API and looked in the containers which connections stand.')
  expectSameGraph(
    drawn,
    { nodes: (await project.containers()).map(({ service }) => service).sort(), edges },
    { mayDraw: ['client', 'browser', 'user'] },
  )
})
