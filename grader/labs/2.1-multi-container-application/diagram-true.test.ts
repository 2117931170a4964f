import { parseMarkdown } from '../../experiments/documents/document.ts'
import { readFlowchart } from '../../experiments/documents/flowchart.ts'
import { expectSameGraph } from '../../experiments/documents/graph-diff.ts'
import { did, eventually, kpi } from '../../kpi/index.ts'
import { ask, newVehicles, works } from './support/api.ts'
import { connections } from './support/connections.ts'

const FILE = 'ARCHITECTURE.md'

kpi('diagram-true', async ({ compose, learner, random }) => {
  const drawn = readFlowchart(parseMarkdown(FILE, await learner.read(FILE)))
  const project = await compose.warm({ stays: ['db', 'cache'], within: 90_000 })
  const [vehicle] = await newVehicles(project, random, 1)
  await works(project, vehicle!)
  // Pools connect when they are used; a program that uses no cache never has a second connection, and that is shown as it is.
  const edges = await eventually(
    'api is connected to database and cache',
    async () => {
      await ask(project, vehicle!.id)
      const found = await connections(project)
      return found.length >= 2 ? found : null
    },
    { within: 10_000, every: 200 },
  ).catch(() => connections(project))
  did('I used the API and looked in the containers which connections stand.')
  expectSameGraph(
    drawn,
    { nodes: (await project.containers()).map(({ service }) => service).sort(), edges },
    { mayDraw: ['client', 'browser', 'user'] },
  )
})
