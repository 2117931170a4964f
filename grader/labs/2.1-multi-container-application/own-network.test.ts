import { docker } from '../../engines/docker/client.ts'
import { did, fail, kpi } from '../../kpi/index.ts'
import { newVehicles, works } from './support/api.ts'

kpi('own-network', async ({ compose, random }) => {
  const project = await compose.warm({ stays: ['db', 'cache'], within: 90_000 })
  const [vehicle] = await newVehicles(project, random, 1)
  await works(project, vehicle!)
  did('I asked the engine which networks the containers are on, and which ports the host has open.')
  for (const { service, networks, raw } of await project.containers()) {
    const open = Object.values(raw.NetworkSettings.Ports).some(bindings => (bindings?.length ?? 0) > 0)
    if (service !== 'api' && open)
      fail({
        subject: `ports of ${service} on the host`,
        expected: 'none: api reaches it without',
        saw: Object.keys(raw.NetworkSettings.Ports).join(', '),
        lookAt: 'compose.yaml',
      })
    for (const { name } of networks) {
      if (name === `${project.name}_default`)
        fail({
          subject: `network of ${service}`,
          expected: 'one that your compose file declares',
          saw: "the project's default network",
          lookAt: 'compose.yaml',
        })
      const driver = await docker(['network', 'inspect', '--format', '{{.Driver}}', name])
      if (driver !== 'bridge')
        fail({ subject: `driver of the network of ${service}`, expected: 'bridge', saw: driver, lookAt: 'compose.yaml' })
    }
  }
})
