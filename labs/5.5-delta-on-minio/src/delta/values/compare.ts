/** A value as Parquet keeps it: numbers for int, double and date (days); bigint for long, timestamp (µs) and decimal (unscaled). */
export type Physical = string | number | bigint | boolean | Uint8Array

/** Order of two values of one type, as the protocol's statistics need it: text and bytes by bytes, NaN after every number. */
export function compare(a: Physical, b: Physical): number {
  if (typeof a === 'string') return compareText(a, b as string)
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array)
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a < b ? -1 : a > b ? 1 : 0
}

/** JavaScript orders UTF-16 units; UTF-8 bytes put surrogate pairs after U+E000–U+FFFF. */
function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)]
  if (at === length) return a.length - b.length
  const [high, low] = [x >= 0xd800 && x < 0xe000, y >= 0xd800 && y < 0xe000]
  return high === low ? x - y : high ? 1 : -1
}
