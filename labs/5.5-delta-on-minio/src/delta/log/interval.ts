import { DeltaError } from '../errors.ts'

const UNITS: Readonly<Record<string, number>> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1_000,
  millisecond: 1,
}

/** Milliseconds of an interval as table properties have it: 'interval 7 days'. Throws `DELTA_INVALID_CONFIGURATION`. */
export function intervalMs(text: string, property: string): number {
  const parts = /^(?:interval\s+)?(\d{1,9})\s+(week|day|hour|minute|second|millisecond)s?$/i.exec(text.trim())
  if (!parts) throw new DeltaError('DELTA_INVALID_CONFIGURATION', `${property} is '${text}', not something like 'interval 7 days'.`)
  return Number(parts[1]) * UNITS[parts[2]!.toLowerCase()]!
}
