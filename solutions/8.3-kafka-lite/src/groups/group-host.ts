import type { Group } from './group.ts'

/** The states of a group, by Kafka's names. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/** What a group needs from its surroundings. */
export interface GroupHost {
  /** Writes the generation to the internal topic; resolves when it is committed. */
  persist(group: Group): Promise<void>
  initialRebalanceDelayMs: number
  maxSize: number
  /** Told how long a rebalance took (ms). */
  rebalanced(ms: number): void
}
