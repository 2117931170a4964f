/** A morning on which, at any moment, some truck is in the middle of an excursion, a change or a silence. */
import type { Random } from '../../../kpi/types.ts'
import { type Measured, MORNING, series } from './measured.ts'
import { type Truck, truck } from './trucks.ts'

const TRUCKS = 9
/** Seconds of the whole morning, and of each truck's round. */
export const SECONDS = 900
const ROUND = 200

/** Readings in the order of arrival, at most `held` seconds shuffled; each truck's round begins at another moment. */
export function busyMorning(random: Random, held: number): { trucks: Truck[]; readings: Measured[] } {
  const trucks = Array.from({ length: TRUCKS }, (_, i) => truck(5000 + i))
  const readings = trucks.flatMap((one, i) => {
    const shift = Math.floor((i * ROUND) / TRUCKS) + random.int(0, 5)
    // Every third truck falls silent in its round, the others get too warm.
    const warm = (second: number) => (i % 3 === 0 ? null : second < ROUND / 2 + 20 ? 950 : 600)
    const round = (second: number) =>
      second % ROUND < ROUND / 4 ? 500 : i % 3 === 0 && second % ROUND > ROUND - 15 ? 500 : warm(second % ROUND)
    return series(
      one,
      MORNING,
      Array.from({ length: SECONDS }, (_, second) => round(second + shift)),
    )
  })
  const order = readings.map(reading => ({ reading, arrives: reading.at + random.next() * held })).sort((a, b) => a.arrives - b.arrives)
  return { trucks, readings: order.map(({ reading }) => reading) }
}
