import { did, expect, kpi } from '../../kpi/index.ts'
import { UP_WITHIN } from './support/deployment.ts'

/** What is meant to go on; whatever else a project has may end. */
const LASTING = ['connect', 'kafka', 'lake', 'minio', 'postgres']

kpi('starts-in-order', async ({ compose }) => {
  const project = await compose.up({ within: UP_WITHIN })
  const containers = await project.containers()
  did('I brought it up and asked the engine how each container had fared.')
  const lasting = containers.filter(({ service }) => LASTING.includes(service))
  expect(lasting.map(({ service }) => service).sort(), 'services that go on').toEqual(LASTING)
  const health = Object.fromEntries(lasting.map(({ service, health }) => [service, health ?? 'not watched']))
  expect(health, 'their health').toEqual(Object.fromEntries(LASTING.map(service => [service, 'healthy'])))
  const again = containers.filter(({ restarts }) => restarts > 0).map(({ service }) => service)
  expect(again, 'containers that ended and were started again on the way').toEqual([])
  const ended = containers.filter(({ service, state }) => !LASTING.includes(service) && state === 'running').map(({ service }) => service)
  expect(ended, 'further containers that still run').toEqual([])
})
