/**
 * Order of S3 keys: by their UTF-8 bytes. JavaScript compares UTF-16 code units, which differs where one side is a surrogate
 * (U+10000 and above) and the other lies in U+E000–U+FFFF; moving the surrogates above those mends it.
 */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
