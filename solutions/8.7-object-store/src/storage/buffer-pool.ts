/**
 * Buffers of one size that are used again: large buffers are costly to make (each page is faulted in) and to collect.
 * Whoever takes one gives it back when nobody reads it any more; one that is not given back is merely garbage.
 */
export class BufferPool {
  readonly size: number
  private readonly free: Buffer[] = []
  private readonly keep: number

  /** Keeps up to `keep` unused buffers. */
  constructor(size: number, keep: number) {
    this.size = size
    this.keep = keep
  }

  take(): Buffer {
    return this.free.pop() ?? Buffer.allocUnsafeSlow(this.size)
  }

  give(buffer: Buffer): void {
    if (this.free.length < this.keep) this.free.push(buffer)
  }
}
