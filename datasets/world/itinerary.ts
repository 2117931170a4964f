import { type Random, randomStream } from '../prng.ts'
import type { Leg, Roads } from './roads.ts'
import type { Vehicle } from './vehicles.ts'

/** Metres a second that a truck makes on average; trips of the past are dated with it. */
export const AVERAGE_SPEED = 19

/** Where a truck is when the readings start. Times are seconds since 1970. */
export interface Itinerary {
  readonly phase: 'loading' | 'driving' | 'unloading'
  readonly leg: Leg
  /** Metres from the leg's start. */
  readonly metres: number
  /** When the truck left (loading: when it will leave). */
  readonly departedAt: number
  /** When it reached the leg's end; only with phase unloading. */
  readonly arrivedAt: number | null
  /** Depots before the leg's start, the latest first. Endless. */
  past(): Generator<number, never>
  /** Depots after the leg's end, the next first. Endless. The readings follow it, and so do booked shipments. */
  future(): Generator<number, never>
}

/** Decides where a truck is at `start`. Every second truck is shortly before a tunnel, so that short data sets have late readings too. */
export function makeItinerary(seed: number, vehicle: Vehicle, roads: Roads, start: number): Itinerary {
  const random = randomStream(seed, `itinerary ${vehicle.index}`)
  const from = vehicle.homeDepot
  const leg = roads.leg(from, random.pick(roads.neighbours(from)))
  const phase = vehicle.index % 8 === 4 ? 'loading' : vehicle.index % 8 === 6 ? 'unloading' : 'driving'
  const metres = phase === 'loading' ? 0 : phase === 'unloading' ? leg.metres : startMetres(random, leg, vehicle.index % 2 === 1)
  const arrivedAt = phase === 'unloading' ? start - random.between(60, 600) : null
  const departedAt =
    phase === 'loading'
      ? start + random.between(60, 600)
      : (arrivedAt ?? start) - Math.ceil(metres / AVERAGE_SPEED) - random.between(1, 300)
  const walk = (name: string, at: number): Generator<number, never> => wander(randomStream(seed, `${name} ${vehicle.index}`), roads, at)
  return { phase, leg, metres, departedAt, arrivedAt, past: () => walk('past', leg.from), future: () => walk('future', leg.to) }
}

function startMetres(random: Random, leg: Leg, beforeTunnel: boolean): number {
  if (beforeTunnel && leg.tunnels.length > 0) {
    const chosen = random.below(leg.tunnels.length)
    const clear = leg.tunnels[chosen - 1]?.end ?? 0
    return Math.max(clear, leg.tunnels[chosen]!.start - random.between(400, 1_200))
  }
  const metres = random.between(Math.floor(leg.metres / 10), Math.floor((leg.metres * 9) / 10))
  return leg.tunnels.find(t => t.start <= metres && metres < t.end)?.end ?? metres
}

function* wander(random: Random, roads: Roads, at: number): Generator<number, never> {
  for (let depot = at; ; ) {
    depot = random.pick(roads.neighbours(depot))
    yield depot
  }
}
