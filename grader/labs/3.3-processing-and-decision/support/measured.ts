/** Readings of an experiment, and the alerts that they make due by the rules of the data's own page. */
import { type Alert, AlertRules, type Row } from '../../../../datasets/index.ts'
import type { Truck } from './trucks.ts'

/** One reading. Time in seconds since 1970, temperatures in hundredths of a degree. */
export interface Measured {
  truck: Truck
  seq: number
  at: number
  front: number
  rear: number | null
}

/** The rules' settings, by the names of the data set's options. */
export const RULES = { graceSeconds: 60, rateWindowSeconds: 60, rateDeltaCentiC: 200, rateHoldOffSeconds: 300, silenceSeconds: 120 }

/** A Monday morning that has long been over: event time has nothing to do with the wall clock. */
export const MORNING = 1_772_431_200

/** A row of a data set. */
export const measured = ({ reading }: Row): Measured => ({
  truck: reading.vehicle,
  seq: reading.seq,
  at: reading.eventTime,
  front: reading.front,
  rear: reading.rear,
})

/** The alerts that are due when these readings, each once, are all that there is. */
export function truth(readings: readonly Measured[]): Alert[] {
  const rules = new AlertRules(RULES)
  const once = new Map(readings.map(reading => [`${reading.truck.vehicle_id} ${reading.seq}`, reading]))
  for (const { truck, at, front, rear } of [...once.values()].sort((a, b) => a.at - b.at)) rules.observe(truck, at, front, rear)
  return [...rules.finish()]
}

/** Readings of one truck, one a second, from a list of temperatures; null is a second without a reading. */
export function series(truck: Truck, from: number, temperatures: readonly (number | null)[], rear: number | null = null): Measured[] {
  return temperatures.flatMap((front, second) => (front === null ? [] : [{ truck, seq: second + 1, at: from + second, front, rear }]))
}

/** `count` times the same. */
export const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
