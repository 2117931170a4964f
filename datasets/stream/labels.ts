import { isOutOfRange, isPlausible } from '../rules.ts'
import { isoSeconds } from '../text.ts'
import type { Compartment, Label, LabelName } from '../truth-schema.ts'
import type { Row } from './arrivals.ts'

/** What is to be said about a row; null for a clean one. `lateAfterSeconds`: see README.md, section Labels. */
export function labelOf(row: Row, lateAfterSeconds: number): Label | null {
  const { reading, ingestMs } = row
  const about = { row: row.row, vehicle_id: reading.vehicle.vehicle_id, seq: reading.seq, event_time: isoSeconds(reading.eventTime) }
  if (row.corrupt !== null) return { ...about, labels: ['corrupt'], reason: row.corrupt }
  const labels: LabelName[] = []
  const delay_ms = ingestMs - reading.eventTime * 1000
  const late = delay_ms > lateAfterSeconds * 1000
  const outOfRange = compartments(row, 'out-of-range')
  const implausible = compartments(row, 'implausible')
  if (late) labels.push('late')
  if (row.copyOf !== null) labels.push('duplicate')
  if (outOfRange.length > 0) labels.push('out-of-range')
  if (implausible.length > 0) labels.push('implausible')
  if (labels.length === 0) return null
  return {
    ...about,
    labels,
    ...(late && { delay_ms }),
    ...(row.copyOf !== null && { duplicate_of: row.copyOf.row }),
    ...(outOfRange.length > 0 && { out_of_range: outOfRange }),
    ...(implausible.length > 0 && { implausible }),
  }
}

const NONE: readonly Compartment[] = []

function compartments({ reading: { vehicle, front, rear } }: Row, label: 'out-of-range' | 'implausible'): readonly Compartment[] {
  const wrong = (centi: number, cargo: typeof vehicle.front): boolean =>
    label === 'implausible' ? !isPlausible(centi) : isOutOfRange(centi, cargo)
  const isFront = wrong(front, vehicle.front)
  const isRear = rear !== null && vehicle.rear !== null && wrong(rear, vehicle.rear)
  if (!isFront && !isRear) return NONE
  return isFront ? (isRear ? ['front', 'rear'] : ['front']) : ['rear']
}
