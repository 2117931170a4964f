/** The watermark of the fleet: how far event time has come in every partition that still talks. */

/** What is known of a partition's progress. */
export interface Progress {
  watermark: number
  /** Milliseconds on a clock that only runs forward, when it last had a message. */
  heardAt: number
}

/**
 * The least watermark of the partitions that are not idle; minus infinity while one of them has had no reading yet. When all are idle, nobody
 * can be waited for: then it is the highest.
 */
export function fleetWatermark(partitions: readonly Progress[], now: number, idleMs: number): number {
  const talking = partitions.filter(({ heardAt }) => now - heardAt < idleMs)
  if (talking.length === 0) return Math.max(...partitions.map(({ watermark }) => watermark))
  return Math.max(...talking.map(({ watermark }) => watermark))
}
