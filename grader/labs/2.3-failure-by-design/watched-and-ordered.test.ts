import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { works } from './support/client.ts'

kpi('watched-and-ordered', async ({ compose, random }) => {
  const project = await compose.up({ within: 90_000 })
  await works(project, random.word(6))
  did('I started the project and looked at what the engine watches.')
  const containers = await project.containers()
  const health = Object.fromEntries(containers.map(({ service, health }) => [service, health ?? 'not watched']))
  expect(health, 'the health of the services').toEqual({ api: 'healthy', db: 'healthy', cache: 'healthy' })

  const at = (service: string, action: string) =>
    project.events.seen.find(event => event.service === service && event.action === action)?.at ?? Number.POSITIVE_INFINITY
  const early = ['db', 'cache'].filter(service => at('api', 'start') < at(service, 'health_status: healthy'))
  did('I read in the engine’s events what came first.')
  expect(early, 'services that were not healthy when api was started').toEqual([])

  // Connections are accepted, and no command is answered: what a look at the port does not see.
  await project.exec('cache', ['redis-cli', 'CLIENT', 'PAUSE', '60000', 'ALL'])
  did('I made cache accept connections and answer nothing.')
  await eventually('cache is unhealthy', async () => (await project.container('cache')).health === 'unhealthy', {
    within: 20_000,
    every: 200,
  })
})
