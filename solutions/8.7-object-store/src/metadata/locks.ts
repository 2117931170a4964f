/** Runs tasks that share a name one after the other; different names do not wait for each other. */
export class KeyedLock {
  private readonly tails = new Map<string, Promise<unknown>>()

  async run<T>(name: string, task: () => Promise<T>): Promise<T> {
    const previous = this.tails.get(name)
    const run = previous ? previous.then(task, task) : task()
    const tail = run.catch(() => {})
    this.tails.set(name, tail)
    try {
      return await run
    } finally {
      if (this.tails.get(name) === tail) this.tails.delete(name)
    }
  }
}

/** A lock that many may share or one may own. Who comes first is served first, so that nobody starves. */
export class SharedLock {
  private sharers = 0
  private owned = false
  private readonly queue: { exclusive: boolean; go: () => void }[] = []

  async run<T>(mode: 'shared' | 'exclusive', task: () => Promise<T>): Promise<T> {
    await this.acquire(mode === 'exclusive')
    try {
      return await task()
    } finally {
      if (mode === 'exclusive') this.owned = false
      else this.sharers--
      this.admit()
    }
  }

  get idle(): boolean {
    return this.sharers === 0 && !this.owned && this.queue.length === 0
  }

  private acquire(exclusive: boolean): Promise<void> | undefined {
    if (this.queue.length === 0 && this.fits(exclusive)) {
      this.take(exclusive)
      return undefined
    }
    return new Promise(go => this.queue.push({ exclusive, go }))
  }

  private admit(): void {
    while (this.queue[0] && this.fits(this.queue[0].exclusive)) {
      const { exclusive, go } = this.queue.shift()!
      this.take(exclusive)
      go()
    }
  }

  private fits(exclusive: boolean): boolean {
    return !this.owned && (!exclusive || this.sharers === 0)
  }

  private take(exclusive: boolean): void {
    if (exclusive) this.owned = true
    else this.sharers++
  }
}
