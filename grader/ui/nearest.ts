/** "Did you mean …?" */

/**
 * The candidate closest to a mistyped name, or null when none is close: at most a third of the name's characters (at least 2) wrong.
 * A candidate that contains the name, or is contained in it, counts as close. Ties go to the earlier candidate.
 * @example nearest('lab-6.3', ['lab-6.1', 'lab-6.2']) // 'lab-6.1'
 */
export function nearest(name: string, candidates: readonly string[]): string | null {
  const wanted = name.toLowerCase()
  let best: string | null = null
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 0.5
  for (const candidate of candidates) {
    const other = candidate.toLowerCase()
    const contained = wanted.length >= 3 && (other.includes(wanted) || (other.length >= 3 && wanted.includes(other)))
    const distance = contained ? Math.min(editDistance(wanted, other), 1.5) : editDistance(wanted, other)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/**
 * Edits (insert, delete, replace, swap of neighbours) from one text to the other, each part edited once.
 * Optimal string alignment: F. Damerau, "A technique for computer detection and correction of spelling errors", CACM 7(3), 1964.
 * Only the first 200 characters are compared.
 */
export function editDistance(from: string, to: string): number {
  const a = from.slice(0, 200)
  const b = to.slice(0, 200)
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      next.push(cost)
    }
    before = row
    row = next
  }
  return row[b.length]!
}
