import { compareKeys } from './key-order.ts'

interface Leaf<V> {
  keys: string[]
  values: V[]
}

/** A leaf that grows beyond this is split in two. */
const LEAF_SIZE = 512

/**
 * A sorted map from key to value: a B+ tree of two levels. The root is an array of leaves, a leaf an array of keys.
 * Lookups are O(log n); an insertion moves at most a leaf's keys, and the root's entries only when a leaf splits.
 */
export class KeyTree<V> {
  size = 0
  private leaves: Leaf<V>[] = [{ keys: [], values: [] }]

  get(key: string): V | undefined {
    const leaf = this.leaves[this.leafFor(key)]!
    const at = lowerBound(leaf.keys, key)
    return leaf.keys[at] === key ? leaf.values[at] : undefined
  }

  set(key: string, value: V): void {
    const index = this.leafFor(key)
    const leaf = this.leaves[index]!
    const at = lowerBound(leaf.keys, key)
    if (leaf.keys[at] === key) {
      leaf.values[at] = value
      return
    }
    leaf.keys.splice(at, 0, key)
    leaf.values.splice(at, 0, value)
    this.size++
    if (leaf.keys.length > LEAF_SIZE) this.split(index, at)
  }

  delete(key: string): boolean {
    const index = this.leafFor(key)
    const leaf = this.leaves[index]!
    const at = lowerBound(leaf.keys, key)
    if (leaf.keys[at] !== key) return false
    leaf.keys.splice(at, 1)
    leaf.values.splice(at, 1)
    this.size--
    if (leaf.keys.length === 0 && this.leaves.length > 1) this.leaves.splice(index, 1)
    return true
  }

  /**
   * Yields the entries from the first key on for which `reached` holds. `reached` must be false up to some key and true from there on,
   * as `key >= x` is, and `key > prefix and key does not start with prefix`: that is how a listing jumps over a common prefix.
   * The tree must not change while the generator runs.
   */
  *from(reached: (key: string) => boolean): Generator<[string, V]> {
    let index = partition(this.leaves.length, i => {
      const keys = this.leaves[i]!.keys
      return keys.length > 0 && reached(keys[keys.length - 1]!)
    })
    if (index === this.leaves.length) return
    const first = this.leaves[index]!.keys
    let at = partition(first.length, i => reached(first[i]!))
    for (; index < this.leaves.length; index++, at = 0) {
      const leaf = this.leaves[index]!
      for (; at < leaf.keys.length; at++) yield [leaf.keys[at]!, leaf.values[at]!]
    }
  }

  entries(): Generator<[string, V]> {
    return this.from(() => true)
  }

  /** The leaf that holds the key, or would: the last one whose first key is not greater. */
  private leafFor(key: string): number {
    const after = partition(this.leaves.length, i => i > 0 && compareKeys(this.leaves[i]!.keys[0]!, key) > 0)
    return Math.max(0, after - 1)
  }

  private split(index: number, insertedAt: number): void {
    const leaf = this.leaves[index]!
    // Keys that arrive in order fill their leaves; others split in the middle.
    const middle = insertedAt === leaf.keys.length - 1 ? insertedAt : leaf.keys.length >> 1
    this.leaves.splice(index + 1, 0, { keys: leaf.keys.splice(middle), values: leaf.values.splice(middle) })
  }
}

/** The first index in 0…length for which the predicate holds (`length` where it never does). The predicate turns from false to true once. */
function partition(length: number, holds: (index: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

function lowerBound(keys: string[], key: string): number {
  return partition(keys.length, i => compareKeys(keys[i]!, key) >= 0)
}
