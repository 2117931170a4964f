import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { did, expect, kpi } from '../../kpi/index.ts'
import { ask, book, healthy } from './support/api.ts'
import { PROD, prepare } from './support/stage.ts'

kpi('config-without-rebuild', async ({ compose, learner, random }) => {
  prepare(learner.dir, random)
  const settings = () => ({
    environment: `e-${random.word(5)}`,
    depot: `Depot ${random.word(8)}`,
    logLevel: random.pick(['debug', 'warn']),
  })
  const write = ({ environment, depot, logLevel }: ReturnType<typeof settings>) =>
    writeFileSync(join(learner.dir, 'graded.env'), `ENVIRONMENT=${environment}\nDEPOT=${depot}\nLOG_LEVEL=${logLevel}\n`)
  write(settings())
  const project = await compose.up({ ...PROD, envFile: 'graded.env' })
  await healthy(project)
  const shipment = random.word(8)
  await book(project, shipment)
  const before = await project.container('api')

  const next = settings()
  write(next)
  await project.compose(['up', '--detach', '--no-build'], { within: 60_000 })
  await healthy(project)
  did('I started prod, wrote other values into the env file, and ran `docker compose up -d --no-build`.')
  expect((await ask(project, 'GET', '/settings')).body, 'GET /settings').toEqual(next)
  const { body } = await ask(project, 'GET', '/bookings')
  expect(
    (body as { shipment: string }[]).map(booking => booking.shipment),
    'GET /bookings, booked before',
  ).toEqual([shipment])

  await project.up()
  did('Then I let compose build again, with the new values.')
  const after = await project.container('api')
  expect(after.imageId === before.imageId ? 'unchanged' : 'another image', 'the image id of api').toBe('unchanged')
})
