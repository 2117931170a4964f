import { judgeLedger, Ledger } from '../../experiments/ledger.ts'
import { did, kpi } from '../../kpi/index.ts'
import { arrived } from './support/arrived.ts'
import { csvFile, dueOf, readingsOf } from './support/readings.ts'
import { Rig } from './support/rig.ts'

const EACH = 400

kpi('same-name-again', async ({ learner, kafka, registry, scratch, random }) => {
  const data = readingsOf(random, 3 * EACH)
  const days = [0, 1, 2].map(day => data.rows.slice(day * EACH, (day + 1) * EACH))
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  const ledger = new Ledger()
  for (const [day, rows] of days.entries())
    for (const [i, row] of rows.entries()) {
      ledger.attempt(`day ${day + 1}, line ${i + 2}`, { value: dueOf(row).reading! })
      ledger.ack(`day ${day + 1}, line ${i + 2}`)
    }
  let program = await rig.start()

  did('I put readings.csv into the inbox, waited until it was done, and did so again with the next day’s readings.csv.')
  rig.drop('readings.csv', csvFile(days[0]!))
  await rig.done('readings.csv')
  rig.drop('readings.csv', csvFile(days[1]!))
  await rig.done('readings.csv')
  did('I killed the ingress, put a third one there, and started it again.')
  await program.kill()
  rig.drop('readings.csv', csvFile(days[2]!))
  program = await program.restart()
  await rig.done('readings.csv')

  // Three files have the same lines: here a reading is known by its content.
  const lineOf = new Map<string, string[]>()
  for (const { id, value } of ledger.acked) lineOf.set(value!, [...(lineOf.get(value!) ?? []), id])
  const records = (await arrived({ kafka, registry }, rig)).map(({ reading }) => ({ id: lineOf.get(reading)?.shift() ?? reading }))
  judgeLedger(ledger.check(records), 'the topic of readings')
})
