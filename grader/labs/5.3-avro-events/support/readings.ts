/** Readings of an unseen seed, as lines for the producer and as values of the schema. */
import { readFileSync } from 'node:fs'
import { collect } from '../../../../datasets/index.ts'
import { type ReadingValue, readingValue } from '../../../experiments/streams/reading.ts'
import type { KpiFixtures, Random } from '../../../kpi/types.ts'

/** At least so many of a fleet's readings, in the order of arrival. */
export function readings(random: Random, count: number): ReadingValue[] {
  const { rows } = collect({ size: 'xs', seed: random.int(1, 2 ** 31), readings: count })
  return rows.map(({ reading, ingestMs }) => readingValue(reading, ingestMs))
}

/** A line: fields whose default holds may be left out. */
export const lineOf = (value: ReadingValue): string =>
  JSON.stringify(value.rear_c === null && value.seq % 2 === 0 ? { ...value, rear_c: undefined, rear_open: undefined } : value)

/** The schema given to the learner. */
export const schemaOf = ({
  learner,
}: Pick<KpiFixtures, 'learner'>): { name: string; fields: { name: string; type: unknown; default?: unknown }[] } =>
  JSON.parse(readFileSync(`${learner.dir}/schema/reading.avsc`, 'utf8'))

/** One value, its fields in the order of their names. */
export const shown = (value: object): string => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))

/** The first field, by name, in which two values differ: what is due, and what is there. */
export function difference(saw: Record<string, unknown>, due: object): { field: string; expected: string; saw: string } | undefined {
  const wanted = due as Record<string, unknown>
  for (const field of [...new Set([...Object.keys(wanted), ...Object.keys(saw)])].sort()) {
    const [a, b] = [wanted[field], saw[field]].map(value => (value === undefined ? 'no such field' : JSON.stringify(value)))
    if (a !== b) return { field, expected: a!, saw: b! }
  }
  return undefined
}
