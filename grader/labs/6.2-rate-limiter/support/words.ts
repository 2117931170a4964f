/** Decisions, limits and times as a learner reads them. */
import type { Limit, Verdict } from '../../../experiments/limits-oracle.ts'

/** 400000n → "400 ms"; exact, in the largest unit of which there is at least one. */
export function time(micros: bigint | number): string {
  const n = Number(micros)
  if (n === 0) return '0'
  if (n % 3_600_000_000 === 0) return `${n / 3_600_000_000} h`
  if (Math.abs(n) >= 1_000_000) return `${n / 1_000_000} s`
  return Math.abs(n) >= 1000 ? `${n / 1000} ms` : `${n} µs`
}

/** One decision in a word. */
export const allowDeny = (verdict: { allowed: boolean }): string => (verdict.allowed ? 'allow' : 'deny')

/** "deny, 0 left, retry 200 ms, reset 2 s": when the same request would pass, when nothing is spent any more */
export function words(verdict: Verdict): string {
  const retry = verdict.allowed
    ? verdict.retryAfter === 0n
      ? ''
      : `, retry ${time(verdict.retryAfter)}`
    : verdict.retryAfter === -1n
      ? ', never'
      : `, retry ${time(verdict.retryAfter)}`
  return `${allowDeny(verdict)}, ${verdict.remaining} left${retry}, reset ${time(verdict.reset)}`
}

/** "capacity 10, 5 tokens/s" */
export function limitWords(limit: Limit): string {
  return limit.algorithm === 'token-bucket'
    ? `capacity ${limit.capacity}, ${limit.refillPerSecond} token${limit.refillPerSecond === 1 ? '' : 's'}/s`
    : `limit ${limit.limit} in ${time(limit.windowMs * 1000)}`
}

/** Rows as lines with aligned columns. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map(row => (row[i] ?? '').length)))
  return rows.map(row =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  )
}

/** "allow allow deny"; a long row by counts: "12 × allow, 1 × deny". */
export function row(verdicts: readonly { allowed: boolean }[]): string {
  const all = verdicts.map(allowDeny)
  if (all.length <= 5) return all.join(' ')
  const runs: { word: string; count: number }[] = []
  for (const word of all) {
    if (runs.at(-1)?.word === word) runs.at(-1)!.count++
    else runs.push({ word, count: 1 })
  }
  return runs.map(({ word, count }) => (count === 1 ? word : `${count} × ${word}`)).join(', then ')
}
