import type { Random } from './types.ts'

/** FNV-1a, 32 bit: turns a label into a seed word. Source: Fowler, Noll, Vo; RFC 9923. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}

/**
 * Seeded random numbers: sfc32 (Chris Doty-Humphrey, PractRand), seeded from the run's seed and a label, so that two KPIs of one run draw
 * independent numbers and `--seed` replays them exactly.
 * @param seed the run's seed
 * @param label names the stream, e.g. the KPI's id
 */
export function random(seed: number, label = ''): Random {
  let a = fnv1a(`${label}#a${seed}`)
  let b = fnv1a(`${label}#b${seed}`)
  let c = fnv1a(`${label}#c${seed}`)
  let counter = 1
  const word32 = (): number => {
    const out = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + out) | 0
    return out >>> 0
  }
  for (let i = 0; i < 12; i++) word32()
  const next = (): number => word32() / 2 ** 32
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    pick: items => {
      if (items.length === 0) throw new RangeError('pick from an empty list')
      return items[int(0, items.length - 1)]!
    },
    shuffle: items => {
      const out = [...items]
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(0, i)
        ;[out[i], out[j]] = [out[j]!, out[i]!]
      }
      return out
    },
    word: (length = 8) => Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'[int(0, 35)]).join(''),
    fork: sub => random(seed, `${label}/${sub}`),
  }
}
