/** Reads a program's /metrics. Format: Prometheus text exposition format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). */
import { KpiFailure } from '../kpi/outcomes.ts'

export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

export interface Scrape {
  samples: Sample[]
  types: Map<string, string>
  /** Sum over the samples of a name whose labels include these; 0 when there is none. */
  sum(name: string, labels?: Record<string, string>): number
  /** True when at least one sample has the name and labels. */
  has(name: string, labels?: Record<string, string>): boolean
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*,?\s*/gy

const number = (text: string): number =>
  text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)

function labelsOf(text: string, line: number): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const at = LABEL.lastIndex
    const match = LABEL.exec(text)
    if (!match)
      throw new KpiFailure({
        subject: `/metrics, line ${line}`,
        expected: 'labels as name="value", separated by commas',
        saw: text.slice(at),
      })
    labels[match[1]!] = match[2]!.replace(/\\(["\\n])/g, (_, c: string) => (c === 'n' ? '\n' : c))
  }
  return labels
}

/**
 * Parse an exposition.
 * @throws KpiFailure naming the line that is no sample and no comment
 */
export function parseMetrics(text: string): Scrape {
  const samples: Sample[] = []
  const types = new Map<string, string>()
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    const type = /^#\s*TYPE\s+(\S+)\s+(\S+)/.exec(line)
    if (type) types.set(type[1]!, type[2]!)
    if (line === '' || line.startsWith('#')) continue
    const match = LINE.exec(line)
    const value = match ? number(match[3]!) : Number.NaN
    if (!match || (Number.isNaN(value) && match[3] !== 'NaN'))
      throw new KpiFailure({ subject: `/metrics, line ${i + 1}`, expected: 'name{label="value"} number', saw: line.slice(0, 200) })
    samples.push({ name: match[1]!, labels: labelsOf(match[2] ?? '', i + 1), value })
  }
  const matching = (name: string, labels: Record<string, string>) =>
    samples.filter(sample => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
  return {
    samples,
    types,
    sum: (name, labels = {}) => matching(name, labels).reduce((sum, sample) => sum + sample.value, 0),
    has: (name, labels = {}) => matching(name, labels).length > 0,
  }
}

/** Fetch and parse `<url>/metrics`. Throws KpiFailure when it does not answer 200. */
export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5000) })
  if (response.status !== 200) throw new KpiFailure({ subject: 'GET /metrics', expected: '200', saw: String(response.status) })
  return parseMetrics(await response.text())
}

/** Increase of a counter between two scrapes; a reset (the program restarted) counts from zero, as Prometheus's increase() does. */
export function increase(before: Scrape, after: Scrape, name: string, labels: Record<string, string> = {}): number {
  const [a, b] = [before.sum(name, labels), after.sum(name, labels)]
  return b >= a ? b - a : b
}

/**
 * Upper bound of the bucket that holds the quantile, in the histogram's unit; interpolated within the bucket as histogram_quantile() does.
 * @throws KpiFailure when the histogram is missing, not cumulative, or its +Inf bucket differs from its count
 */
export function quantile(scraped: Scrape, name: string, q: number, labels: Record<string, string> = {}): number {
  const byBound = new Map<number, number>()
  for (const sample of scraped.samples)
    if (sample.name === `${name}_bucket` && Object.entries(labels).every(([key, value]) => sample.labels[key] === value)) {
      const bound = number(sample.labels['le'] ?? '')
      byBound.set(bound, (byBound.get(bound) ?? 0) + sample.value)
    }
  const buckets = [...byBound].sort(([a], [b]) => a - b)
  const total = buckets.at(-1)?.[1]
  if (total === undefined || buckets.at(-1)![0] !== Number.POSITIVE_INFINITY)
    throw new KpiFailure({
      subject: `the histogram ${name}`,
      expected: `${name}_bucket samples up to le="+Inf"`,
      saw: buckets.length === 0 ? 'none' : `the last is le="${buckets.at(-1)![0]}"`,
    })
  for (const [i, [bound, count]] of buckets.entries())
    if (i > 0 && count < buckets[i - 1]![1])
      throw new KpiFailure({
        subject: `the histogram ${name}`,
        expected: 'cumulative buckets',
        saw: `le="${bound}" has ${count}, the bucket before has ${buckets[i - 1]![1]}`,
      })
  const count = scraped.sum(`${name}_count`, labels)
  if (count !== total)
    throw new KpiFailure({
      subject: `the histogram ${name}`,
      expected: `${name}_count equal to its +Inf bucket`,
      saw: `${count} and ${total}`,
    })
  const rank = q * total
  const at = buckets.findIndex(([, cumulative]) => cumulative >= rank)
  const [upper, cumulative] = buckets[Math.max(0, at)]!
  const [lower, below] = at > 0 ? buckets[at - 1]! : [0, 0]
  if (upper === Number.POSITIVE_INFINITY) return lower
  return cumulative === below ? upper : lower + ((upper - lower) * (rank - below)) / (cumulative - below)
}
