import { S3Error } from './errors.ts'

/** Lets a limited number of tasks run at a time; the others wait in turn, for a limited time. */
export class TransferLimit {
  private readonly limit: number
  private readonly waitMs: number
  private running = 0
  private readonly queue: (() => void)[] = []

  constructor(limit: number, waitMs: number) {
    this.limit = limit
    this.waitMs = waitMs
  }

  /** Runs the task when there is room. Throws `SlowDown` where there was none for too long. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running < this.limit) this.running++
    else await this.wait()
    try {
      return await task()
    } finally {
      const next = this.queue.shift()
      if (next) next()
      else this.running--
    }
  }

  /** Resolves when a task that has ended hands over its place. */
  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(go), 1)
        reject(new S3Error('SlowDown'))
      }, this.waitMs)
      const go = () => {
        clearTimeout(timer)
        resolve()
      }
      this.queue.push(go)
    })
  }
}
