import { did, fail, kpi } from '../../kpi/index.ts'
import { alertsIn, expectAlerts } from './support/alerts.ts'
import { expectEdges, readDecisions, readingsOf } from './support/decisions.ts'
import { MORNING } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'
import { truck } from './support/trucks.ts'

kpi('decision-table', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const decisions = readDecisions(await learner.read('DECISIONS.md'))
  did(`I read the ${decisions.length} rows of DECISIONS.md.`)
  expectEdges(decisions)
  const rows = decisions.map((decision, i) => {
    const own = truck(5000 + i, decision.cargo)
    return { decision, own, readings: readingsOf(decision, own) }
  })
  const lateness = 10
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks: rows.map(({ own }) => own), lateness })
  await pipe.start()
  const readings = rows.flatMap(row => row.readings).sort((a, b) => a.at - b.at)
  await pipe.send(readings)
  const { last } = await pipe.finish(readings)
  did('I sent the readings of each row through your processor, each by a truck of its own.')
  await expectAlerts(pipe, registry, { due: last, last, among: ({ vehicle_id }) => vehicle_id >= 'V-9' })

  const alerts = await alertsIn(pipe.alerts, registry)
  const seconds = (iso: string) => Date.parse(iso) / 1000 - MORNING
  for (const { decision, own, readings: sent } of rows) {
    const over = sent.at(-1)!.at - MORNING
    const seen = alerts.filter(
      ({ vehicle_id, rule, due_at }) => vehicle_id === own.vehicle_id && rule === decision.rule && seconds(due_at) <= over,
    )
    const raised = [...new Set(seen.map(({ due_at }) => seconds(due_at)))]
    const says = decision.alert === null ? 'none' : `at ${decision.alert}`
    const happened = raised.length === 0 ? 'none' : `at ${raised.join(', at ')}`
    if (says !== happened)
      fail({
        subject: `DECISIONS.md:${decision.line}, ${decision.rule}`,
        expected: `${says}, as the row says`,
        saw: `your processor decided: ${happened}`,
      })
  }
})
