import type { Dataset, StreamItem } from '../generate.ts'
import type { ResolvedOptions } from '../options.ts'
import { isoMillis, isoSeconds } from '../text.ts'
import { INCIDENTS, type IncidentName, LABELS, type LabelName, RULES, type RuleName } from '../truth-schema.ts'
import type { FileFacts } from './sink.ts'

/** Raised when the same seed gives other bytes than before. */
export const GENERATOR_VERSION = '1.0.0'

/** manifest.json. It holds no time of writing and no path of the machine: the same seed gives the same manifest. */
export interface Manifest {
  readonly generator: 'fjordline'
  readonly version: string
  readonly size: string
  readonly seed: number
  readonly settings: Omit<ResolvedOptions, 'size' | 'seed'>
  readonly event_time: { readonly first: string; readonly last: string }
  readonly ingest_time: { readonly first: string; readonly last: string }
  /** The longest delay of a row, in milliseconds: a watermark that waits this long misses nothing. */
  readonly max_delay_ms: number
  readonly labels: Record<LabelName, number>
  readonly alerts: Record<RuleName, number>
  readonly incidents: Record<IncidentName, number>
  readonly files: readonly FileFacts[]
}

const zeros = <K extends string>(names: Record<K, unknown>): Record<K, number> =>
  Object.fromEntries(Object.keys(names).map(name => [name, 0])) as Record<K, number>

/** Counts a stream as it passes. */
export class Tally {
  rows = 0
  #firstEvent = Number.POSITIVE_INFINITY
  #lastEvent = 0
  #firstIngest = Number.POSITIVE_INFINITY
  #lastIngest = 0
  #maxDelay = 0
  readonly #labels = zeros(LABELS)
  readonly #alerts = zeros(RULES)
  readonly #incidents = zeros(INCIDENTS)

  count(item: StreamItem): void {
    if (item.kind === 'alert') this.#alerts[item.alert.rule]++
    else if (item.kind === 'incident') this.#incidents[item.incident.incident]++
    else {
      const { reading, ingestMs } = item.row
      this.rows++
      this.#firstEvent = Math.min(this.#firstEvent, reading.eventTime)
      this.#lastEvent = Math.max(this.#lastEvent, reading.eventTime)
      this.#firstIngest = Math.min(this.#firstIngest, ingestMs)
      this.#lastIngest = Math.max(this.#lastIngest, ingestMs)
      this.#maxDelay = Math.max(this.#maxDelay, ingestMs - reading.eventTime * 1000)
      for (const label of item.label?.labels ?? []) this.#labels[label]++
    }
  }

  /** The manifest of what was counted and of the files it went to. */
  manifest(dataset: Dataset, files: readonly FileFacts[]): Manifest {
    const { size, seed, ...settings } = dataset.options
    return {
      generator: 'fjordline',
      version: GENERATOR_VERSION,
      size,
      seed,
      settings,
      event_time: { first: isoSeconds(this.#firstEvent), last: isoSeconds(this.#lastEvent) },
      ingest_time: { first: isoMillis(this.#firstIngest), last: isoMillis(this.#lastIngest) },
      max_delay_ms: this.#maxDelay,
      labels: this.#labels,
      alerts: this.#alerts,
      incidents: this.#incidents,
      files,
    }
  }
}
