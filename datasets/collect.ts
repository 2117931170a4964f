import { DataError } from './errors.ts'
import { type Dataset, generate } from './generate.ts'
import type { GenerateOptions } from './options.ts'
import type { Row } from './stream/arrivals.ts'
import type { Alert, Incident, Label } from './truth-schema.ts'

/** Most readings that `collect` holds in memory. */
export const COLLECT_LIMIT = 200_000

/** A small data set in memory, with its truth. */
export interface Collected {
  readonly dataset: Dataset
  readonly rows: readonly Row[]
  /** By row number; a clean row has none. */
  readonly labels: ReadonlyMap<number, Label>
  readonly alerts: readonly Alert[]
  readonly incidents: readonly Incident[]
}

/**
 * Generates a data set into memory, for tests. Throws MR-D-007 for more than 200,000 readings, and what `generate` throws.
 * With at least 4 vehicles and 400 readings a vehicle, at the rates of size s, every rule has an alert and late and out-of-range rows occur;
 * for corrupt, duplicate and implausible rows in few readings raise their rates (tests/truth.test.ts shows rates at which every label occurs).
 * @example const { rows, alerts } = collect({ size: 's', seed, vehicles: 5, readings: 2_000 })
 */
export function collect(options: GenerateOptions): Collected {
  const dataset = generate(options)
  const { readings } = dataset.options
  if (readings > COLLECT_LIMIT) throw new DataError('MR-D-007', { rows: readings, limit: COLLECT_LIMIT })
  const rows: Row[] = []
  const labels = new Map<number, Label>()
  const alerts: Alert[] = []
  const incidents: Incident[] = []
  for (const item of dataset.stream()) {
    if (item.kind === 'alert') alerts.push(item.alert)
    else if (item.kind === 'incident') incidents.push(item.incident)
    else {
      rows.push(item.row)
      if (item.label !== null) labels.set(item.row.row, item.label)
    }
  }
  return { dataset, rows, labels, alerts, incidents }
}
