/** Virtual time: a discrete-event simulation in which a million seconds cost only the events in them. For learner code that takes a clock. */

/** Runs events in order of their time; equal times keep the order in which they were scheduled. Times are milliseconds. */
export class VirtualTime {
  private readonly heap: { at: number; order: number; run: () => void }[] = []
  private order = 0
  private time: number

  constructor(start = 0) {
    this.time = start
  }

  now(): number {
    return this.time
  }

  get pending(): number {
    return this.heap.length
  }

  /** Run `event` at a time. @throws RangeError for a time in the past or no number: a simulation must not silently reorder */
  at(time: number, event: () => void): void {
    if (!(time >= this.time)) throw new RangeError(`cannot schedule at ${time}: it is ${this.time}`)
    this.push({ at: time, order: this.order++, run: event })
  }

  /** Run `event` after a delay. */
  after(delay: number, event: () => void): void {
    this.at(this.time + delay, event)
  }

  /** Run events until none is left or the time is past `until`. Returns how many ran. @throws when `most` events did not suffice */
  run(until = Number.POSITIVE_INFINITY, most = 10_000_000): number {
    let ran = 0
    while (this.heap.length > 0 && this.heap[0]!.at <= until) {
      if (ran++ >= most) throw new Error(`the simulation did not end within ${most} events; it is ${this.time} ms`)
      const next = this.pop()
      this.time = next.at
      next.run()
    }
    if (until !== Number.POSITIVE_INFINITY) this.time = Math.max(this.time, until)
    return ran
  }

  private before(a: number, b: number): boolean {
    const [x, y] = [this.heap[a]!, this.heap[b]!]
    return x.at < y.at || (x.at === y.at && x.order < y.order)
  }

  private swap(a: number, b: number): void {
    ;[this.heap[a], this.heap[b]] = [this.heap[b]!, this.heap[a]!]
  }

  private push(item: { at: number; order: number; run: () => void }): void {
    let i = this.heap.push(item) - 1
    for (let parent = (i - 1) >> 1; i > 0 && this.before(i, parent); parent = (i - 1) >> 1) {
      this.swap(i, parent)
      i = parent
    }
  }

  private pop(): { at: number; order: number; run: () => void } {
    const top = this.heap[0]!
    const last = this.heap.pop()!
    if (this.heap.length === 0) return top
    this.heap[0] = last
    for (let i = 0; ; ) {
      let least = i
      for (const child of [2 * i + 1, 2 * i + 2]) if (child < this.heap.length && this.before(child, least)) least = child
      if (least === i) return top
      this.swap(i, least)
      i = least
    }
  }
}
