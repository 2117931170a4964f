/** Fair measurement: two programs take turns in one run, and what is judged is the ratio of each pair, never an absolute time. */

/** Ratio a/b over the pairs, with the spread that decides. */
export interface Comparison {
  pairs: { a: number; b: number; ratio: number }[]
  /** Median of the paired ratios. */
  median: number
  /** Confidence interval of the median from order statistics (no assumption about the distribution). */
  low: number
  high: number
  /** Confidence that [low, high] holds the true median, e.g. 0.97 for 6 pairs. */
  confidence: number
}

const binomial = (n: number, k: number): number => {
  let value = 1
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i
  return value
}

/**
 * Distribution-free confidence interval of the median: the widest-needed pair of order statistics x(k), x(n+1−k) whose coverage
 * 1 − 2·P(Bin(n, ½) < k) is at least `wanted`; with few values it is their whole range.
 * Source: David and Nagaraja, Order Statistics, 3rd ed., section 7.1.
 */
export function medianInterval(values: readonly number[], wanted = 0.95): { low: number; high: number; confidence: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  if (n === 0) throw new RangeError('no values')
  const below = (k: number): number => Array.from({ length: k }, (_, i) => binomial(n, i)).reduce((sum, term) => sum + term, 0) / 2 ** n
  let k = 1
  while (k + 1 <= Math.floor(n / 2) && 1 - 2 * below(k + 1) >= wanted) k++
  return { low: sorted[k - 1]!, high: sorted[n - k]!, confidence: 1 - 2 * below(k) }
}

/** Median; the mean of the two middle values when there is an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * Measure two things in turn, A B B A A B …, so that drift of the machine hits both alike.
 * @param a one round of A; returns its figure, e.g. decisions per second
 * @param rounds pairs that count; one pair before them warms up
 * @param enough stop early when the interval has decided: e.g. `c => c.low > 1.5 || c.high < 1.5`, asked from the 6th pair on
 */
export async function compare(
  a: () => Promise<number>,
  b: () => Promise<number>,
  options: { rounds?: number; enough?: (so: Comparison) => boolean } = {},
): Promise<Comparison> {
  const pairs: Comparison['pairs'] = []
  await a()
  await b()
  let so: Comparison | undefined
  for (let i = 0; i < (options.rounds ?? 11); i++) {
    const [first, second] = i % 2 === 0 ? [a, b] : [b, a]
    const one = await first()
    const two = await second()
    const [va, vb] = i % 2 === 0 ? [one, two] : [two, one]
    pairs.push({ a: va, b: vb, ratio: va / vb })
    const ratios = pairs.map(pair => pair.ratio)
    so = { pairs: [...pairs], median: median(ratios), ...medianInterval(ratios) }
    if (pairs.length >= 6 && options.enough?.(so)) break
  }
  if (!so) throw new RangeError('compare needs at least one round')
  return so
}

/**
 * Does the ratio reach `target`? `undecided` when the interval holds the target: report it as inconclusive.
 */
export function verdictOn(so: Comparison, target: number): 'reached' | 'missed' | 'undecided' {
  if (so.low >= target) return 'reached'
  if (so.high < target) return 'missed'
  return 'undecided'
}
