import { randomStream } from '../prng.ts'
import { type Depot, roadMetres } from './places.ts'

/** A stretch without signal, in metres from the leg's start. */
export interface Tunnel {
  readonly start: number
  readonly end: number
}

/** The road from one depot to a neighbour. */
export interface Leg {
  readonly from: number
  readonly to: number
  readonly metres: number
  readonly tunnels: readonly Tunnel[]
}

const SHORTEST_TUNNEL = 900
const LONGEST_TUNNEL = 2_600
const CLEAR_AT_ENDS = 1_000

/** The roads between depots. A depot's neighbours are the next one and the one after that, in the order along the coast. */
export class Roads {
  readonly depots: readonly Depot[]
  readonly #legs = new Map<number, Leg>()

  constructor(seed: number, depots: readonly Depot[], tunnelEveryKm: number) {
    this.depots = depots
    for (let from = 0; from < depots.length; from++) {
      for (let to = from + 1; to <= Math.min(from + 2, depots.length - 1); to++) {
        const metres = roadMetres(depots[from]!, depots[to]!)
        const tunnels = makeTunnels(seed, from, to, metres, tunnelEveryKm * 1000)
        this.#legs.set(from * 100 + to, { from, to, metres, tunnels })
        const mirrored = tunnels.map(t => ({ start: metres - t.end, end: metres - t.start })).reverse()
        this.#legs.set(to * 100 + from, { from: to, to: from, metres, tunnels: mirrored })
      }
    }
  }

  /** The depots that can be reached from one in a single leg. */
  neighbours(of: number): number[] {
    return [of - 2, of - 1, of + 1, of + 2].filter(to => to >= 0 && to < this.depots.length)
  }

  /** The leg between neighbours. Throws a RangeError if there is none: an error of the generator. */
  leg(from: number, to: number): Leg {
    const leg = this.#legs.get(from * 100 + to)
    if (leg === undefined) throw new RangeError(`no road from depot ${from} to ${to}`)
    return leg
  }

  /** Latitude and longitude at `metres` from the start of a leg, on the straight line between its depots. */
  position(leg: Leg, metres: number): readonly [lat: number, lon: number] {
    const [from, to] = [this.depots[leg.from]!, this.depots[leg.to]!]
    const part = (a: number, b: number): number => a + Math.trunc(((b - a) * metres) / leg.metres)
    return [part(from.lat, to.lat), part(from.lon, to.lon)]
  }
}

function makeTunnels(seed: number, from: number, to: number, metres: number, every: number): Tunnel[] {
  const random = randomStream(seed, `tunnels ${from}-${to}`)
  const tunnels: Tunnel[] = []
  let at = CLEAR_AT_ENDS
  for (;;) {
    const start = at + random.between(every >> 1, every + (every >> 1)) - LONGEST_TUNNEL
    const end = Math.max(start, at) + random.between(SHORTEST_TUNNEL, LONGEST_TUNNEL)
    if (end > metres - CLEAR_AT_ENDS) return tunnels
    tunnels.push({ start: Math.max(start, at), end })
    at = end + 400
  }
}
