import type { Settings } from '../../config/definition.ts'
import type { OffsetStore } from '../../context.ts'
import type { ConnectRecord } from '../../data/schema.ts'
import type { Emitter } from '../emitter.ts'
import { Changes } from './changes.ts'
import { connectReplication, connectSource } from './connection.ts'
import { heartbeat } from './envelope.ts'
import { type Change, ReplicationStream } from './replication.ts'

/** Milliseconds between two notes of how far the connector is. A kill repeats what came since the last confirmation, not since this. */
const NOTE_EVERY = 500

export interface StreamTask {
  settings: Settings
  emitter: Emitter
  offsets: OffsetStore
  signal: AbortSignal
  /** Up to which the log is done with. */
  from: bigint
  running(): void
}

/**
 * Streams changes until the signal is aborted or the connection breaks (it rejects). The server is told that it may forget something only
 * when the broker has acknowledged it: whatever is killed, nothing is lost, and what was not yet confirmed comes again with the same lsn.
 */
export async function stream(task: StreamTask): Promise<void> {
  const { settings, signal } = task
  const catalog = await connectSource(settings)
  const client = await connectReplication(settings).catch(async error => {
    await catalog.end()
    throw error
  })
  const queue: Change[] = []
  let arrived = Promise.withResolvers<void>()
  let paused = false
  const limit = settings.number('max.queue.size')
  const options = {
    slot: settings.text('slot.name'),
    publication: settings.text('publication.name'),
    from: task.from,
    statusEvery: settings.number('status.update.interval.ms'),
  }
  const source = ReplicationStream.start(client, options, change => {
    queue.push(change)
    arrived.resolve()
    if (!paused && queue.length >= limit) {
      paused = true
      source.pause()
    }
  })
  let failure: Error | undefined
  void source.ended.then(error => {
    failure = error
    arrived.resolve()
  })
  const onAbort = () => arrived.resolve()
  signal.addEventListener('abort', onAbort)
  const beat = new Heartbeats(task, catalog)
  const progress = new Progress(task)
  const changes = new Changes(catalog, settings)
  task.running()
  try {
    while (!signal.aborted && !failure) {
      if (queue.length === 0) {
        arrived = Promise.withResolvers()
        await beat.wait(arrived.promise)
        if (queue.length === 0 && !failure && beat.due) {
          // Everything that was sent is done with, and no transaction is open: the log may go up to here, whoever wrote it.
          const idle = changes.inTransaction ? null : source.received
          await beat.emit()
          if (idle !== null) {
            source.confirm(idle)
            progress.at(idle)
          }
        }
        continue
      }
      const batch = queue.splice(0, settings.number('max.batch.size'))
      if (paused && queue.length < limit / 2) {
        paused = false
        source.resume()
      }
      const records: ConnectRecord[] = []
      let committed: bigint | undefined
      for (const change of batch) {
        const made = await changes.take(change)
        records.push(...made.records)
        committed = made.committed ?? committed
      }
      if (records.length > 0) await task.emitter.emit(records)
      if (committed !== undefined) {
        source.confirm(committed)
        progress.at(committed)
      }
    }
    if (failure && !signal.aborted) throw failure
    await progress.write()
  } finally {
    signal.removeEventListener('abort', onAbort)
    beat.stop()
    progress.stop()
    await source.close()
    await catalog.end().catch(() => {})
  }
}

/** Notes in the offset topic how far the connector is, from time to time. */
class Progress {
  readonly #task: StreamTask
  readonly #timer: NodeJS.Timeout
  #lsn: bigint | null = null

  constructor(task: StreamTask) {
    this.#task = task
    // What cannot be written now is written next time; the slot itself remembers what was confirmed.
    this.#timer = setInterval(() => void this.write().catch(() => {}), NOTE_EVERY)
  }

  at(lsn: bigint): void {
    this.#lsn = lsn
  }

  async write(): Promise<void> {
    const lsn = this.#lsn
    if (lsn === null) return
    this.#lsn = null
    await this.#task.offsets.write({ lsn: Number(lsn), lsn_commit: Number(lsn), ts_usec: Date.now() * 1000 })
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

/** Messages at regular times, and the statement that goes with them. */
class Heartbeats {
  readonly #task: StreamTask
  readonly #catalog: { query(sql: string): Promise<unknown> }
  readonly #every: number
  #next: number
  #timer: NodeJS.Timeout | undefined

  constructor(task: StreamTask, catalog: { query(sql: string): Promise<unknown> }) {
    this.#task = task
    this.#catalog = catalog
    this.#every = task.settings.number('heartbeat.interval.ms')
    this.#next = performance.now() + this.#every
  }

  get due(): boolean {
    return this.#every > 0 && performance.now() >= this.#next
  }

  /** Until something has arrived or a heartbeat is due. */
  async wait(arrived: Promise<void>): Promise<void> {
    if (this.#every === 0) return arrived
    const due = new Promise<void>(resolve => {
      this.#timer = setTimeout(resolve, Math.max(0, this.#next - performance.now()))
    })
    await Promise.race([arrived, due])
    clearTimeout(this.#timer)
  }

  async emit(): Promise<void> {
    this.#next = performance.now() + this.#every
    const { settings, emitter } = this.#task
    const prefix = settings.text('topic.prefix')
    await emitter.emit([heartbeat(`${settings.text('topic.heartbeat.prefix')}.${prefix}`, prefix)])
    if (settings.text('heartbeat.action.query')) await this.#catalog.query(settings.text('heartbeat.action.query'))
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
