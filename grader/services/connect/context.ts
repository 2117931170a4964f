/** What a task gets from the worker. */
import type { Kafka } from 'kafkajs'
import type { Config } from './config/definition.ts'

/** A connector's offset as its source understands it; null when there is none. */
export interface OffsetStore {
  read(): Record<string, unknown> | null
  /** Resolves when it is safe in the topic. */
  write(offset: Record<string, unknown>): Promise<void>
}

export interface TaskContext {
  name: string
  config: Config
  kafka: Kafka
  offsets: OffsetStore
  /** Aborted when the task is to stop. */
  signal: AbortSignal
  /** It works: what it waited for is there. */
  running(): void
  /** It waits for something to come back. */
  waiting(error: Error): void
  log(line: string): void
}

/** Runs until the signal is aborted; rejects when it cannot go on. */
export type Task = (context: TaskContext) => Promise<void>

/** Resolves after some time, or at once when the task is to stop. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
