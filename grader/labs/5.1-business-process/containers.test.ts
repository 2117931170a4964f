import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { composePostgres } from '../../services/postgres/compose.ts'
import { audit } from './support/audit.ts'
import { fjordline, simulate } from './support/business.ts'

/** The PostgreSQL of the compose file: killed while business goes on, then removed with its container and brought up again. */
kpi('containers', async ({ learner, compose, random, cleanup }) => {
  const project = await compose.up()
  const [service] = Object.entries(project.config.services ?? {}).find(([, { image }]) => image?.startsWith('postgres:')) ?? []
  if (!service) fail({ subject: 'compose.yaml', expected: 'a service of the image postgres:17', saw: 'none', lookAt: 'compose.yaml' })
  did(`I brought your compose project up: ${service} answers.`)
  const postgres = await composePostgres(project, service, 'containers')
  cleanup(() => postgres.close())

  await fjordline(postgres, random.int(1, 2 ** 31), { vehicles: 5, shipments: 60 })
  await simulate({ learner, postgres }, { events: 30 })
  await postgres.restart()
  did('I killed PostgreSQL (-9) after 30 business events and started it again.')
  await audit(postgres.admin, 'after the kill')

  await project.down()
  await project.up()
  did('I took the project down, its containers removed, and brought it up again.')
  const there = await eventually(
    'the database answers again',
    async () => {
      const { rows } = await postgres.admin.query<{ there: boolean }>("SELECT to_regclass('public.shipments') IS NOT NULL AS there")
      return rows[0]
    },
    { within: 20_000, every: 200 },
  ).catch(error => {
    // The role and the database of this KPI are data, too.
    if (/does not exist|authentication failed/.test(String(error.feedback?.saw ?? error))) return { there: false }
    throw error
  })
  expect(there.there ? 'there' : 'gone', 'the tables after docker compose down and up').toBe('there')

  const report = await simulate({ learner, postgres })
  expect(report.deliver, 'shipments delivered afterwards').toBeGreaterThan(0)
  await audit(postgres.admin, 'at the end')
})
