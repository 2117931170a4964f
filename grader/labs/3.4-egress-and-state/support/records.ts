/** Readings and alerts of a data set as the topics carry them, and as rows of the tables must show them. */
import { type Alert, collect, type GenerateOptions } from '../../../../datasets/index.ts'
import { type ReadingValue, readingValue } from '../../../experiments/streams/reading.ts'
import type { Random } from '../../../kpi/types.ts'

const optional = (name: string, type: string) => ({ name, type: ['null', type], default: null })
const time = (name: string) => ({ name, type: { type: 'long', logicalType: 'timestamp-millis' } })
const text = (name: string) => ({ name, type: 'string' })

/** The contract of the topic of alerts, as lab 3.3 registers it. */
export const ALERT_SCHEMA = {
  type: 'record',
  name: 'Alert',
  namespace: 'no.fjordline',
  fields: [
    text('id'),
    text('rule'),
    text('vehicle_id'),
    optional('compartment', 'string'),
    time('due_at'),
    time('since'),
    optional('value_c', 'double'),
  ],
}

/** A value of that schema; times in milliseconds since 1970. */
export interface AlertValue {
  id: string
  rule: string
  vehicle_id: string
  compartment: string | null
  due_at: number
  since: number
  value_c: number | null
}

const alertValue = ({ rule, vehicle_id, compartment, due_at, since, value_c }: Alert): AlertValue => ({
  ...{ id: `${vehicle_id}/${compartment ?? 'truck'}/${rule}/${due_at}`, rule, vehicle_id, compartment },
  ...{ due_at: Date.parse(due_at), since: Date.parse(since), value_c },
})

export interface Records {
  /** In the order of arrival, corrupt ones left out, duplicates among them. */
  readings: ReadingValue[]
  alerts: AlertValue[]
}

/** A data set of the run's seed. */
export function fjordline(random: Random, more: Partial<GenerateOptions> = {}): Records {
  const settings = { vehicles: 6, readings: 3_000, incidentEverySeconds: 100, implausiblePerMillion: 4_000, duplicatePerMillion: 20_000 }
  const { rows, alerts } = collect({ size: 's', seed: random.int(1, 4_000_000_000), ...settings, ...more })
  const clean = rows.filter(row => row.corrupt === null)
  return { readings: clean.map(row => readingValue(row.reading, row.ingestMs)), alerts: alerts.map(alertValue) }
}

/** What a table holds when all of these have been written in this order: of each key the last. */
export const lastOfEach = <T extends ReadingValue | AlertValue>(values: readonly T[]): T[] => [
  ...new Map(values.map(value => ['id' in value ? value.id : `${value.vehicle_id}/${value.seq}`, value])).values(),
]
