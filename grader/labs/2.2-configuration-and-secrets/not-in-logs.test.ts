import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { ask, book, healthy, inDatabase } from './support/api.ts'
import { expectNowhere, search } from './support/search.ts'
import { PROD, prepare } from './support/stage.ts'

kpi('not-in-logs', async ({ compose, learner, random }) => {
  const { db_password, signing_key } = prepare(learner.dir, random)
  writeFileSync(join(learner.dir, 'graded.env'), `ENVIRONMENT=prod\nDEPOT=${random.word(8)}\nLOG_LEVEL=debug\n`)
  const project = await compose.up({ ...PROD, envFile: 'graded.env' })
  await healthy(project)
  await book(project, random.word(8))
  const id = (await project.container('api')).id
  // Another password in db than in the file: the connection is refused, and whatever the program says about it is logged.
  await inDatabase(project, `ALTER USER fjordline PASSWORD '${random.word(12)}'`)
  await project.compose(['restart', 'api'])
  const refused = await eventually('the API answers without its database', () => ask(project, 'GET', '/bookings').catch(() => null), {
    within: 20_000,
    every: 100,
  })
  expect(refused.status, 'GET /bookings when db refuses the password').toBe(503)
  expect((await project.container('api')).id, 'the container of api').toBe(id)
  const logs = await Promise.all(['api', 'db'].map(async name => ({ name: `the log of ${name}`, content: await project.logs(name) })))
  did('I ran prod with LOG_LEVEL=debug, booked, made db refuse the password, asked again, and read the logs.')
  expectNowhere(search(logs, { db_password, signing_key }), 'the logs')
})
