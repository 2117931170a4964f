/** Which leader epoch wrote which offsets: the memory behind OffsetForLeaderEpoch (KIP-101, KIP-320). */
export class EpochHistory {
  entries: [epoch: number, startOffset: number][] = []

  /** Notes that `epoch` wrote `offset`; only the first offset of an epoch is kept. */
  note(epoch: number, offset: number): void {
    const last = this.entries.at(-1)
    if (!last || epoch > last[0]) this.entries.push([epoch, offset])
  }

  /** Where `epoch` ended: the greatest known epoch not above it, and the start of the next one (or `logEnd`). [-1, -1] when unknown. */
  endOf(epoch: number, logEnd: number): [epoch: number, endOffset: number] {
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const [found] = this.entries[i]!
      if (found <= epoch) return [found, this.entries[i + 1]?.[1] ?? logEnd]
    }
    return [-1, -1]
  }

  /** The epoch that wrote `offset`; -1 when unknown. */
  at(offset: number): number {
    for (let i = this.entries.length - 1; i >= 0; i--) if (this.entries[i]![1] <= offset) return this.entries[i]![0]
    return -1
  }

  /** Forgets what was cut off at the end. */
  truncate(logEnd: number): void {
    this.entries = this.entries.filter(([, start]) => start < logEnd)
  }
}
