/** Time as a part of an experiment: the server's clock where it can be steered, real time where it cannot. */
import { setTimeout as delay } from 'node:timers/promises'
import type { KpiFixtures } from '../../../kpi/types.ts'

/** Let real milliseconds pass because that is what is tried: an outage of this length, a node's clock that runs on. Not a wait for something. */
export const letPass = (ms: number): Promise<void> => delay(ms)

/** The server's clock: steered where the engine can, waited for elsewhere (then only forward, and a second at most at once). */
export interface LimiterTime {
  steered: boolean
  /** Both return the clock where it is steered. */
  start(at: bigint): Promise<bigint | undefined>
  move(micros: number): Promise<bigint | undefined>
}

/** The clock of the run's engine. */
export function limiterTime({ valkey, engine }: Pick<KpiFixtures, 'valkey' | 'engine'>): LimiterTime {
  let clock = 0n
  if (engine === 'docker') {
    const move = async (micros: number) => void (await letPass(Math.min(1000, Math.max(0, micros / 1000))))
    // As far into a second as the script wants to begin: windows of a second are then where it expects them.
    const start = (at: bigint) => move((Number(at % 1_000_000n) - ((Date.now() * 1000) % 1_000_000) + 1_000_000) % 1_000_000)
    return { steered: false, start, move }
  }
  return {
    steered: true,
    start: async at => (clock = await valkey.clock.set(at)),
    move: async micros => (micros === 0 ? clock : (clock = await valkey.clock.set(clock + BigInt(micros)))),
  }
}
