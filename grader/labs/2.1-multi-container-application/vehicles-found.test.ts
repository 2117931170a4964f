import { did, expect, kpi } from '../../kpi/index.ts'
import { ask, newVehicles, works } from './support/api.ts'

kpi('vehicles-found', async ({ compose, random }) => {
  const project = await compose.up({ within: 90_000 })
  const first = await ask(project, 'V-0001')
  did('I brought your compose project up, and asked for a vehicle as soon as compose said that it is.')
  expect(first.status === 200 ? 'found' : 'not found', 'the first GET /vehicles/V-0001').toBe('found')
  const [vehicle] = await newVehicles(project, random, 1)
  await works(project, vehicle!)
  expect((await ask(project, vehicle!.id)).body, 'a vehicle that I have put into the database').toEqual(vehicle)
  expect((await ask(project, `${vehicle!.id}-not`)).status, 'GET of a vehicle that is not there').toBe(404)
})
