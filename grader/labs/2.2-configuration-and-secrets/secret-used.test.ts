import { createHmac } from 'node:crypto'
import { did, expect, kpi } from '../../kpi/index.ts'
import { ask, book, healthy, inDatabase, tryPassword } from './support/api.ts'
import { PROD, prepare, writePassword } from './support/stage.ts'

kpi('secret-used', async ({ compose, learner, random }) => {
  const drawn = prepare(learner.dir, random)
  const project = await compose.up(PROD)
  did('I put a drawn password and a drawn key into secrets/, and started prod.')
  expect(await tryPassword(project, drawn.db_password), 'the drawn password at db').toBe('accepted')
  expect(await tryPassword(project, `${drawn.db_password}x`), 'another password at db').toBe('refused')
  await healthy(project)
  const shipment = random.word(8)
  expect(await book(project, shipment), 'POST /bookings').toBe('201')
  expect(await inDatabase(project, `SELECT count(*) FROM bookings WHERE shipment = '${shipment}'`), 'rows of it in db').toBe('1')

  const { body } = await ask(project, 'GET', '/version')
  const signature = createHmac('sha256', drawn.signing_key).update(drawn.release).digest('hex')
  did('I asked for the version, and signed the release with the drawn key myself.')
  expect(body, 'GET /version').toEqual({ release: drawn.release, signature })

  const next = `${random.word(9)}/+%${random.word(9)}`
  await inDatabase(project, `ALTER USER fjordline PASSWORD '${next}'`)
  writePassword(learner.dir, next)
  await project.compose(['restart', 'api'])
  await healthy(project)
  did('I changed the password in db and in the file, and restarted the api.')
  expect(await book(project, random.word(8)), 'POST /bookings with the new password').toBe('201')
})
