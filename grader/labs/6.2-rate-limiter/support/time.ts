/** Time as a part of an experiment: the server's clock, which is steered, and real time. */
import { setTimeout as delay } from 'node:timers/promises'
import type { KpiFixtures } from '../../../kpi/types.ts'

/** Let real milliseconds pass because that is what is tried: an outage of this length, a node's clock that runs on. Not a wait for something. */
export const letPass = (ms: number): Promise<void> => delay(ms)

/** The server's clock, moved by hand. Both return it, in microseconds. */
export interface LimiterTime {
  start(at: bigint): Promise<bigint>
  move(micros: number): Promise<bigint>
}

/** The clock of the run's server. */
export function limiterTime({ valkey }: Pick<KpiFixtures, 'valkey'>): LimiterTime {
  let clock = 0n
  return {
    start: async at => (clock = await valkey.clock.set(at)),
    move: async micros => (micros === 0 ? clock : (clock = await valkey.clock.set(clock + BigInt(micros)))),
  }
}
