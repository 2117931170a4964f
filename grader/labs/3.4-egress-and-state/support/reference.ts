/** What the views must say, worked out from the records without a database. */
import type { ReadingValue } from '../../../experiments/streams/reading.ts'
import { lastOfEach, type Records } from './records.ts'

type Rows = Record<string, unknown>[]

const newest = (readings: readonly ReadingValue[]) => readings.reduce((a, b) => (b.event_time > a.event_time ? b : a))
const byTruck = (readings: readonly ReadingValue[]) => Map.groupBy(lastOfEach(readings), one => one.vehicle_id)

function latest({ readings }: Records): Rows {
  return [...byTruck(readings).values()]
    .map(newest)
    .map(({ vehicle_id, event_time, front_c, rear_c }) => ({ vehicle_id, event_time, front_c, rear_c }))
}

function counts({ readings, alerts }: Records): Rows {
  return [...byTruck(readings).keys()].map(vehicle_id => {
    const of = (rule: string) => alerts.filter(alert => alert.vehicle_id === vehicle_id && alert.rule === rule).length
    return { vehicle_id, threshold: of('threshold'), rate_of_change: of('rate-of-change'), silence: of('silence') }
  })
}

function places({ readings, alerts }: Records): Rows {
  const trucks = byTruck(readings)
  return alerts.map(({ id, rule, vehicle_id, due_at }) => {
    const before = (trucks.get(vehicle_id) ?? []).filter(({ event_time }) => event_time <= due_at)
    const { latitude, longitude } = before.length > 0 ? newest(before) : { latitude: null, longitude: null }
    return { id, rule, vehicle_id, due_at, latitude, longitude }
  })
}

const MINUTE = 60_000

/** A mean with six decimals, the same in whatever order it was summed: first goes what doubles cannot know, so that a half is rounded alike. */
export const mean = (value: number): string => Number(value.toPrecision(12)).toFixed(6)

function minutes({ readings }: Records): Rows {
  const plausible = lastOfEach(readings).filter(({ front_c }) => front_c >= -40 && front_c <= 60)
  const groups = Map.groupBy(plausible, one => `${one.vehicle_id} ${Math.floor(one.event_time / MINUTE)}`)
  return [...groups.values()].map(group => {
    const front = group.map(one => one.front_c)
    const minute = new Date(Math.floor(group[0]!.event_time / MINUTE) * MINUTE)
    const avg_c = front.reduce((sum, value) => sum + value, 0) / front.length
    return {
      vehicle_id: group[0]!.vehicle_id,
      minute,
      readings: group.length,
      min_c: Math.min(...front),
      max_c: Math.max(...front),
      avg_c: mean(avg_c),
    }
  })
}

/** Each view with its rows. */
export const REFERENCE: Record<string, (records: Records) => Rows> = {
  latest_readings: latest,
  alerts_by_vehicle: counts,
  alert_places: places,
  front_by_minute: minutes,
}
