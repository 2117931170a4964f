import { compareKeys } from './key-order.ts'
import type { KeyTree } from './key-tree.ts'
import type { ObjectVersion } from './types.ts'

/** What to list. */
export interface ListQuery {
  readonly prefix: string
  /** Empty: none. */
  readonly delimiter: string
  /** Only keys and common prefixes behind this one; empty: from the beginning. */
  readonly after: string
  readonly max: number
}

/** A page of a listing. */
export interface Page<T> {
  readonly items: readonly (T | { readonly commonPrefix: string })[]
  readonly truncated: boolean
  /** The last key or common prefix on the page. */
  readonly last: string
}

/**
 * Lists a key tree: keys with the prefix, rolled up at the delimiter. `select` says what a key contributes (undefined: nothing).
 * A common prefix is one item, however many keys it stands for: the walk jumps over them.
 */
export function listKeys<T>(
  tree: KeyTree<readonly ObjectVersion[]>,
  query: ListQuery,
  select: (key: string, versions: readonly ObjectVersion[]) => T | undefined,
): Page<T> {
  const { prefix, delimiter, after, max } = query
  const items: (T | { commonPrefix: string })[] = []
  let last = ''
  let walk = tree.from(key => compareKeys(key, prefix) >= 0 && (after === '' || compareKeys(key, after) > 0))
  for (;;) {
    const step = walk.next()
    if (step.done) break
    const [key, versions] = step.value
    if (!key.startsWith(prefix)) break
    const item = select(key, versions)
    if (item === undefined) continue
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const commonPrefix = cut < 0 ? undefined : key.slice(0, cut + delimiter.length)
    // A page that ended with this common prefix has listed it.
    const listed = commonPrefix !== undefined && commonPrefix === after
    if (!listed) {
      if (items.length >= max) return { items, truncated: max > 0, last }
      items.push(commonPrefix === undefined ? item : { commonPrefix })
      last = commonPrefix ?? key
    }
    if (commonPrefix !== undefined) walk = tree.from(other => compareKeys(other, commonPrefix) > 0 && !other.startsWith(commonPrefix))
  }
  return { items, truncated: false, last }
}
