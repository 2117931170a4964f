/** A data set of the run's seed, as the topic of readings gets it. */
import { type Collected, collect, type GenerateOptions } from '../../../../datasets/index.ts'
import type { Random } from '../../../kpi/types.ts'
import { type Measured, measured } from './measured.ts'

export interface Fjordline {
  data: Collected
  /** What is not corrupt, in the order of arrival, duplicates among it. */
  arrived: Measured[]
  /** Seconds that a reading may be behind its partition's highest event time so that none of these is too late. */
  lateness: number
}

/** @param more settings of the generator */
export function fjordline(random: Random, partitions: number, more: Partial<GenerateOptions> = {}): Fjordline {
  const data = collect({
    size: 's',
    seed: random.int(1, 4_000_000_000),
    vehicles: 6,
    readings: 4_500,
    implausiblePerMillion: 4_000,
    ...more,
  })
  const arrived = data.rows.filter(row => row.corrupt === null).map(measured)
  return { data, arrived, lateness: latenessOf(arrived, ({ truck }) => truck.index % partitions) }
}

/** The bound that no reading of a sequence exceeds, and a second more. */
export function latenessOf(readings: readonly Measured[], partitionOf: (reading: Measured) => number): number {
  const highest = new Map<number, number>()
  let most = 0
  for (const reading of readings) {
    const partition = partitionOf(reading)
    const high = Math.max(highest.get(partition) ?? 0, reading.at)
    highest.set(partition, high)
    most = Math.max(most, high - reading.at)
  }
  return most + 1
}
