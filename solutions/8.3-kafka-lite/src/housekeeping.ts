import type { Partition } from './cluster/partition.ts'
import type { BrokerContext } from './context.ts'
import { cleanLog } from './storage/cleaner.ts'

/** Everything that is due by time: retention, compaction, checkpoints, expiry. Runs in turns, never twice at once. */
export class Housekeeping {
  readonly #context: BrokerContext
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #stopped = false

  constructor(context: BrokerContext) {
    this.#context = context
  }

  /** Runs every `housekeepingMs`. */
  start(): void {
    const { housekeepingMs } = this.#context.options
    this.#timer = setTimeout(() => {
      void this.run(Date.now()).finally(() => this.#stopped || this.start())
    }, housekeepingMs)
  }

  /** One round; a call during a round waits for that one. */
  run(now: number): Promise<void> {
    this.#running ??= this.#round(now).finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #round(now: number): Promise<void> {
    const { topics, groups, txns, options } = this.#context
    for (const partition of [...topics.partitions()]) {
      if (this.#stopped) return
      await this.#attempt(`${partition.topic}-${partition.index}`, () => tend(partition, now, options.producerIdExpirationMs))
    }
    await this.#attempt('checkpoints', () => checkpointLargest([...topics.partitions()], options.checkpointBytes))
    await this.#attempt('groups', () => groups.expire(now))
    await this.#attempt('transactions', () => txns.expire(now))
  }

  /** One failure must not keep the rest from being done; the next round tries again. */
  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#context.options.log(`housekeeping of ${what}: ${error}`)
    }
  }

  /** Ends the timer and waits for a round under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#running
  }
}

async function tend(partition: Partition, now: number, producerMs: number): Promise<void> {
  const { log, highWatermark } = partition
  const settings = partition.settings()
  if (settings.deleteOld) {
    const due = (s: { maxTimestamp: number }) => s.maxTimestamp >= 0 && s.maxTimestamp < now - settings.retentionMs
    // An active segment that is wholly out of date is closed, so that it can go too.
    if (log.active && log.active.size > 0 && due(log.active) && highWatermark === log.nextOffset) log.roll(now)
    log.dropSegments((s, end) => end <= highWatermark && due(s))
    let excess = log.size - settings.retentionBytes
    log.dropSegments((s, end) => {
      if (end > highWatermark || excess < s.size) return false
      excess -= s.size
      return true
    })
  }
  if (settings.compact) await cleanLog(log, partition.lastStableOffset, settings, now)
  log.producers.expire(log.logStartOffset, now - producerMs)
}

/** Writes checkpoints, the largest need first, until all partitions together would cost recovery less than the bound. */
async function checkpointLargest(partitions: Partition[], bound: number): Promise<void> {
  const logs = partitions.map(p => p.log).sort((a, b) => b.uncheckpointedBytes - a.uncheckpointedBytes)
  let total = logs.reduce((sum, log) => sum + log.uncheckpointedBytes, 0)
  for (const log of logs) {
    if (total <= bound) return
    total -= log.uncheckpointedBytes
    await log.checkpoint()
  }
}
