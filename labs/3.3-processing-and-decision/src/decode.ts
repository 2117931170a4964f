/** From the bytes of a message to a reading, or to the reason why there is none. Yours. */
import type { Vehicle } from './fleet.ts'
import type { Registry } from './registry.ts'
import type { Reading, Reason } from './types.ts'

/** Rejects when the registry is not to be reached: that is no message's fault. */
export async function decode(_registry: Registry, _fleet: ReadonlyMap<string, Vehicle>, _value: Buffer | null): Promise<Reading | Reason> {
  return 'undecodable'
}
