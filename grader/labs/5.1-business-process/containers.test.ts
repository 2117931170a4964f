import { did, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { audit } from './support/audit.ts'
import { fjordline, simulate } from './support/business.ts'

/** Needs docker: the PostgreSQL that the compose file names, instead of the embedded one, killed while business goes on. */
kpi('containers', async ({ learner, postgres, engine, random }) => {
  if (engine !== 'docker') inconclusive('This KPI is about the PostgreSQL of the compose file; run it with --engine docker.')
  await fjordline(postgres, random.int(1, 2 ** 31), { vehicles: 5, shipments: 60 })
  await simulate({ learner, postgres }, { events: 30 })
  await postgres.restart()
  did('I restarted PostgreSQL after 30 business events.')
  await audit(postgres.admin, 'after the restart')
  const report = await simulate({ learner, postgres })
  expect(report.deliver, 'shipments delivered after the restart').toBeGreaterThan(0)
  await audit(postgres.admin, 'at the end')
})
