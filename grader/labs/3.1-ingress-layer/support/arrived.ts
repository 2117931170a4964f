/** What arrived on the topics, held against what was sent. */
import { type Framed, framedReader, NotFramed } from '../../../experiments/framed.ts'
import { judgeLedger, Ledger, type LedgerReport, type LedgerRules, tellReport } from '../../../experiments/ledger.ts'
import { readTopic, type TopicRecord } from '../../../experiments/topic.ts'
import { fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Due } from './readings.ts'
import type { Rig } from './rig.ts'

type Given = Pick<KpiFixtures, 'kafka' | 'registry'>

/** A record of the topic of readings, decoded. */
export interface Arrived extends TopicRecord, Pick<Framed, 'id'> {
  /** The reading as JSON, its fields in the order of the schema. */
  reading: string
  vehicle: string
}

/** All readings on the topic. @throws KpiFailure for a record that is not framed or not decodable */
export async function arrived({ kafka, registry }: Given, rig: Rig): Promise<Arrived[]> {
  const read = framedReader(registry)
  const records: Arrived[] = []
  for (const record of await readTopic(kafka, rig.topic)) {
    try {
      const { id, value } = await read(record.value)
      records.push({ ...record, id, reading: JSON.stringify(value), vehicle: String(value['vehicle_id']) })
    } catch (error) {
      if (!(error instanceof NotFramed)) throw error
      fail({
        subject: 'a record on the topic of readings',
        expected: '0, the schema’s id in 4 bytes, the reading in Avro',
        saw: error.message,
        details: [`its key is ${record.key}, its origin ${record.headers['origin']}`],
      })
    }
  }
  return records
}

/** Rows of one source as they were sent: line n holds `dues[n - first]`. */
export interface Sent {
  source: string
  first: number
  dues: readonly Due[]
}

/** A ledger whose ids are origins, with every reading of these sources acknowledged. */
export function ledgerOf(sent: readonly Sent[]): Ledger {
  const ledger = new Ledger()
  for (const { source, first, dues } of sent)
    for (const [i, { reading, vehicle }] of dues.entries())
      if (reading !== undefined) {
        ledger.attempt(`${source}:${first + i}`, { scope: vehicle, value: reading })
        ledger.ack(`${source}:${first + i}`)
      }
  return ledger
}

/** Holds the topic against a ledger of origins. @throws KpiFailure with what was lost, doubled, out of order or changed */
export function judgeArrived(
  ledger: Ledger,
  records: readonly Arrived[],
  { faults, ...rules }: LedgerRules & { faults?: number } = {},
): LedgerReport {
  const observed = records.map(({ headers, vehicle, reading }) => ({
    id: headers['origin'] ?? 'a record without the header origin',
    scope: vehicle,
    value: reading,
  }))
  const report = ledger.check(observed, rules)
  if (report.ok || faults === undefined) judgeLedger(report, 'the topic of readings', faults)
  // What a fault catches is different in each run: how much, and which rows.
  else {
    const saw = tellReport(report)[0]!.replace(/\d+/g, '~$&')
    fail({ subject: 'the acknowledged readings on their topic', expected: `all ${report.acked}, and nothing else`, saw })
  }
  return report
}
