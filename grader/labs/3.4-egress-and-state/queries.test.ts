import { did, fail, kpi } from '../../kpi/index.ts'
import { fjordline, lastOfEach } from './support/records.ts'
import { mean, REFERENCE } from './support/reference.ts'
import { line, makeTables, runSql } from './support/tables.ts'

const iso = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, /(_time|due_at|since)$/.test(name) ? new Date(value).toISOString() : value]),
  )

kpi('queries', async ({ learner, postgres, random }) => {
  const records = fjordline(random)
  // A truck whose newest reading came first, and an alert of it from before it was first heard.
  const quiet = records.readings.slice(0, 5).map((one, n) => ({
    ...one,
    vehicle_id: 'V-7777',
    seq: n + 1,
    event_time: one.event_time + n * 1000,
    ingest_time: one.ingest_time + 60_000 - n * 1000,
  }))
  const early = {
    ...records.alerts[0]!,
    id: 'early',
    vehicle_id: 'V-7777',
    due_at: records.readings[0]!.event_time - 3_600_000,
    rule: 'manual',
  }
  const { readings, alerts } = { readings: [...records.readings, ...quiet], alerts: [...records.alerts, early] }
  await makeTables({ learner, postgres })
  for (const [table, values] of Object.entries({ readings: random.shuffle(lastOfEach(readings)), alerts: random.shuffle(alerts) }))
    await postgres.admin.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`, [
      JSON.stringify(values.map(iso)),
    ])
  await runSql({ learner, postgres }, 'sql/queries.sql')
  await runSql({ learner, postgres }, 'sql/queries.sql')
  did(`I put ~${readings.length} readings and ~${alerts.length} alerts into the tables, in no order, and ran sql/queries.sql twice.`)
  for (const [view, reference] of Object.entries(REFERENCE)) {
    const { rows } = await postgres.admin
      .query(`SELECT * FROM ${view}`)
      .catch((error: Error) => fail({ subject: `SELECT * FROM ${view}`, expected: 'rows', saw: error.message }))
    const rounded = rows.map(row => ('avg_c' in row ? { ...row, avg_c: mean(Number(row.avg_c)) } : row))
    const [seen, wanted] = [rounded.map(line).sort(), reference({ readings, alerts }).map(line).sort()]
    const at = wanted.findIndex(row => !seen.includes(row))
    const other = seen.find(row => !wanted.includes(row))
    if (at === -1 && other === undefined && seen.length === wanted.length) continue
    fail({
      subject: `SELECT * FROM ${view}`,
      expected: `${wanted.length} rows${at === -1 ? '' : `, among them ${wanted[at]}`}`,
      saw: `${seen.length} rows${other === undefined ? '' : `, among them ${other}`}`,
    })
  }
})
