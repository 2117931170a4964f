/** One line of the benchmark's table. */
export interface BenchRow {
  what: string
  /** What was measured, with its unit: "612 ms", "1.9×". */
  figure: string
  /** The goal as words, e.g. "≤ 1.0 s"; absent for a figure without one. */
  goal?: string
  /** Did it reach its goal? */
  reached?: boolean | 'undecided'
  /** Spread or peer: "p95 840 ms over 20 saves", "against rate-limiter-flexible 11.4.0". */
  detail?: string
}

/** A benchmark: a file in grader/bench/ whose default export is one of these. */
export interface Bench {
  name: string
  description: string
  /** Labs it belongs to, or `each`: it measures one lab after the other. `pnpm bench 6.2` runs what belongs to that lab. */
  labs?: string[] | 'each'
  /** @param context `lab`: only this one, for a benchmark of each lab */
  run(context: { root: string; quick: boolean; lab?: string; onProgress: (text: string) => void }): Promise<BenchRow[]>
}
