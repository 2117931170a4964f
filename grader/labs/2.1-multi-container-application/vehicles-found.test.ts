import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { type Answer, ask, newVehicles, WORKS_WITHIN, works } from './support/api.ts'
import { SLOWER, slowDatabase } from './support/slow-database.ts'

/** What an API says that looks for its database at localhost. */
const AT_HOME = /127\.0\.0\.1|::1/

kpi('vehicles-found', async ({ compose, random }) => {
  const project = await compose.open()
  slowDatabase(project)
  await project.up({ within: 90_000 })
  let last: Answer = await ask(project, 'V-0001')
  did(
    `I brought your compose project up, made the start of db ${SLOWER / 1000} s longer, and asked for a vehicle as soon as compose said that it is up.`,
  )
  if (last.status !== 200) {
    const lost = () => AT_HOME.test(last.body.error ?? '')
    const look = async () => {
      last = await ask(project, 'V-0001')
      return last.status === 200 || lost()
    }
    if (!lost()) await eventually('a vehicle', look, { within: WORKS_WITHIN, every: 200 }).catch(() => {})
    fail({
      subject: 'the first GET /vehicles/V-0001',
      expected: '200',
      ...(last.status === 200
        ? { saw: 'no vehicle yet; a little later it was found', lookAt: 'compose.yaml' }
        : { saw: last.body.error ?? 'no answer', lookAt: lost() ? 'src/vehicles.ts' : 'compose.yaml' }),
    })
  }
  const [vehicle] = await newVehicles(project, random, 1)
  await works(project, vehicle!)
  expect((await ask(project, vehicle!.id)).body, 'a vehicle that I have put into the database').toEqual(vehicle)
  expect((await ask(project, `${vehicle!.id}-not`)).status, 'GET of a vehicle that is not there').toBe(404)
})
