import { did, expect, kpi } from '../../kpi/index.ts'
import { expectColumns } from './support/columns.ts'
import { makeTables } from './support/tables.ts'

kpi('tables', async ({ learner, postgres }) => {
  await makeTables({ learner, postgres })
  did('I ran sql/tables.sql as your role.')
  await expectColumns(postgres)
  await postgres.admin.query(
    "INSERT INTO alerts (id, rule, vehicle_id, compartment, due_at, since, value_c) VALUES ('a', 'silence', 'V-0001', NULL, now(), now(), NULL)",
  )
  await makeTables({ learner, postgres })
  did('I put a row into alerts and ran sql/tables.sql again.')
  expect((await postgres.admin.query('SELECT id FROM alerts')).rows.length, 'rows in alerts').toBe(1)
})
