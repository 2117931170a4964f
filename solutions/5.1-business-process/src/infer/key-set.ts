/** A set of values as 64-bit hashes in typed arrays: 16 bytes a value where a Set of strings needs a hundred. */
import { randomInt } from 'node:crypto'
import { ESCAPED } from '../csv/records.ts'

/** Of this process alone, so that nobody can prepare values that collide. */
const SEED_A = randomInt(2 ** 32)
const SEED_B = randomInt(2 ** 32)

/** MurmurHash3's finaliser (A. Appleby, public domain): spreads every bit over all 32. */
function mix(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Open addressing with linear probing. With a million values the chance that two different ones collide is 3 in 10^8. */
export class KeySet {
  size = 0
  private low = new Uint32Array(1024)
  private high = new Uint32Array(1024)
  private a = 0
  private b = 0

  /** Adds the value in these bytes; false when it was there. `fold`: letters in either case are the same (uuid). */
  add(buffer: Buffer, from: number, to: number, style: number, fold: boolean): boolean {
    this.hash(buffer, from, to, style, fold)
    const slot = this.find(this.a, this.b)
    if (this.low[slot] !== 0 || this.high[slot] !== 0) return false
    this.low[slot] = this.a
    this.high[slot] = this.b
    if (++this.size > this.low.length * 0.6) this.grow()
    return true
  }

  has(buffer: Buffer, from: number, to: number, style: number, fold: boolean): boolean {
    this.hash(buffer, from, to, style, fold)
    const slot = this.find(this.a, this.b)
    return this.low[slot] !== 0 || this.high[slot] !== 0
  }

  /** Two FNV-1a-like hashes of the bytes, mixed at the end; a doubled quote counts as one. */
  private hash(buffer: Buffer, from: number, to: number, style: number, fold: boolean): void {
    let a = SEED_A
    let b = SEED_B
    for (let p = from; p < to; p++) {
      let c = buffer[p]!
      if (c === 34 && style === ESCAPED) p++
      if (fold && c >= 65 && c <= 90) c += 32
      a = Math.imul(a ^ c, 0x01000193)
      b = Math.imul(b ^ c, 0x9e3779b1)
      b ^= b >>> 15
    }
    this.a = mix(a)
    this.b = mix(b)
    if (this.a === 0 && this.b === 0) this.a = 1
  }

  private find(a: number, b: number): number {
    const mask = this.low.length - 1
    let slot = (a ^ b) & mask
    while ((this.low[slot] !== 0 || this.high[slot] !== 0) && (this.low[slot] !== a || this.high[slot] !== b)) slot = (slot + 1) & mask
    return slot
  }

  private grow(): void {
    const { low, high } = this
    this.low = new Uint32Array(low.length * 2)
    this.high = new Uint32Array(high.length * 2)
    for (let i = 0; i < low.length; i++) {
      if (low[i] === 0 && high[i] === 0) continue
      const slot = this.find(low[i]!, high[i]!)
      this.low[slot] = low[i]!
      this.high[slot] = high[i]!
    }
  }
}
