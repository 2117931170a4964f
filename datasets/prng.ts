/**
 * Seeded pseudo-random numbers that are the same on every machine: 32-bit integer arithmetic only, no floating point.
 *
 * Generator: xoshiro128** 1.1, D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4), 2021;
 * reference code https://prng.di.unimi.it/xoshiro128starstar.c (public domain).
 * Seeding: SplitMix64, G. Steele, D. Lea, C. Flood, OOPSLA 2014; reference code https://prng.di.unimi.it/splitmix64.c,
 * started from (seed << 32) | FNV-1a(stream name), so that every part of the generator draws from a stream of its own
 * and a change in one part does not move the numbers of another.
 */
const U64 = (1n << 64n) - 1n

/** SplitMix64: a function that returns the next 64-bit value on each call. `seed` is taken modulo 2^64. */
export function splitmix64(seed: bigint): () => bigint {
  let state = seed & U64
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & U64
    let z = state
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & U64
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & U64
    return z ^ (z >> 31n)
  }
}

/** FNV-1a, 32 bits, over the UTF-16 code units of an ASCII name (draft-eastlake-fnv, section 2). */
export function fnv1a32(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** xoshiro128**. Every method consumes whole 32-bit outputs; none uses floating point. */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** Four 32-bit words of state, not all zero (an all-zero state yields zeros for ever: a RangeError). */
  constructor(a: number, b: number, c: number, d: number) {
    if ((a | b | c | d) === 0) throw new RangeError('xoshiro128**: the state must not be all zero')
    this.#a = a | 0
    this.#b = b | 0
    this.#c = c | 0
    this.#d = d | 0
  }

  /** The next output, 0 … 2^32 − 1. */
  next(): number {
    const x = Math.imul(this.#b, 5)
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0
    const t = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= t
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return result
  }

  /** A whole number 0 … n − 1, each equally likely (rejection of the last incomplete block). n: 1 … 2^32. */
  below(n: number): number {
    const limit = 4294967296 - (4294967296 % n)
    let x = this.next()
    while (x >= limit) x = this.next()
    return x % n
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True in `perMillion` of a million draws on average. */
  chance(perMillion: number): boolean {
    return this.below(1_000_000) < perMillion
  }

  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  /** A version 4 UUID (RFC 9562, section 5.4). */
  uuid(): string {
    const hex = [0, 0, 0, 0].map(() => this.next().toString(16).padStart(8, '0')).join('')
    const variant = '89ab'[this.below(4)]
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
  }
}

/** The stream `name` of a seed (0 … 2^32 − 1). The same pair always gives the same numbers. */
export function randomStream(seed: number, name: string): Random {
  const next = splitmix64((BigInt(seed) << 32n) | BigInt(fnv1a32(name)))
  const [p, q] = [next(), next()]
  return new Random(Number(p & 0xffffffffn), Number(p >> 32n), Number(q & 0xffffffffn), Number(q >> 32n))
}
