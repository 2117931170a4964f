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
      try {
        await tend(partition, now, options.checkpointBytes, options.producerIdExpirationMs)
      } catch (error) {
        options.log(`housekeeping of ${partition.topic}-${partition.index}: ${error}`)
      }
    }
    await groups.expire(now)
    await txns.expire(now)
  }

  /** Ends the timer and waits for a round under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#running
  }
}

async function tend(partition: Partition, now: number, checkpointBytes: number, producerMs: number): Promise<void> {
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
  if (log.uncheckpointedBytes > checkpointBytes) await log.checkpoint()
}
