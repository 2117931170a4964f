import { AsyncLocalStorage } from 'node:async_hooks'

/** What the running KPI has told so far. One per KPI, followed through async calls, so that a late callback of a timed-out KPI writes to its own. */
export interface CurrentKpi {
  id: string
  did: string[]
  /** Told of each line as it is narrated: the timeline's marks. */
  onDid?: (line: string) => void
  /** Facts that fixtures add to a failure, e.g. programs that exited unexpectedly. Asked for at the time of the failure. */
  facts: (() => string[])[]
}

const storage = new AsyncLocalStorage<CurrentKpi>()

/** Run a KPI's body with its own record. */
export const withCurrent = <T>(kpi: CurrentKpi, body: () => T): T => storage.run(kpi, body)

/** The KPI whose code is running, if any. */
export const current = (): CurrentKpi | undefined => storage.getStore()

/**
 * Narrate, in the first person and in the learner's units, what the grader does; a failure shows these lines first.
 * @example did(`I drained the bucket (capacity ${capacity}) and asked 3 times.`)
 */
export function did(line: string): void {
  const kpi = storage.getStore()
  kpi?.did.push(line)
  kpi?.onDid?.(line)
}
