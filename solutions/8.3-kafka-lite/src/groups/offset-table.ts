import type { StoredOffset } from './group-records.ts'

/** A committed offset with its place. */
export interface PartitionOffset {
  topic: string
  partition: number
  value: StoredOffset
}

const keyOf = (topic: string, partition: number) => `${topic}:${partition}`

/** The committed offsets of a group, and those of transactions that have not ended yet. */
export class OffsetTable {
  readonly #committed = new Map<string, PartitionOffset>()
  readonly #pending = new Map<number, Map<string, PartitionOffset>>()

  get(topic: string, partition: number): StoredOffset | undefined {
    return this.#committed.get(keyOf(topic, partition))?.value
  }
  all(): PartitionOffset[] {
    return [...this.#committed.values()]
  }
  get size(): number {
    return this.#committed.size + this.#pending.size
  }

  /** Stores an offset, or forgets it (null). */
  put(topic: string, partition: number, value: StoredOffset | null): void {
    const key = keyOf(topic, partition)
    if (value) this.#committed.set(key, { topic, partition, value })
    else this.#committed.delete(key)
  }

  /** Keeps an offset until its producer's transaction ends. */
  putPending(producerId: number, topic: string, partition: number, value: StoredOffset): void {
    let table = this.#pending.get(producerId)
    if (!table) this.#pending.set(producerId, (table = new Map()))
    table.set(keyOf(topic, partition), { topic, partition, value })
  }

  /** True while a transaction may still change this offset. */
  isPending(topic: string, partition: number): boolean {
    const key = keyOf(topic, partition)
    for (const table of this.#pending.values()) if (table.has(key)) return true
    return false
  }

  /** The transaction ended: its offsets become visible or are dropped. */
  endTransaction(producerId: number, commit: boolean): void {
    const table = this.#pending.get(producerId)
    if (!table) return
    this.#pending.delete(producerId)
    if (commit) for (const [key, offset] of table) this.#committed.set(key, offset)
  }
}
