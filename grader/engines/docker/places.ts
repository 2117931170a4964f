/** Where in the learner's files a setting of the resolved project stands: for error messages only; nothing is decided by it. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml'

/** A place; without a line where only the file can be told. */
export interface Place {
  file: string
  line?: number
  column?: number
}

/** `section` and `name`: services.web, volumes.data; `key`: image, cap_add; `hint`: a piece of the value, to find the right item of a list. */
export type Locate = (section: string, name: string, key: string, hint?: string) => Place

interface Source {
  file: string
  root: YAMLMap | undefined
  place(node: Node | null | undefined): Place
}

const FILES_AT_MOST = 30
const BYTES_AT_MOST = 1 << 20

/**
 * Looks settings up in compose files, the last one first, through merged anchors, `extends` and `include`.
 * @param files absolute paths, in the order in which compose is given them
 */
export function locator(files: readonly string[]): Locate {
  const sources = new Map<string, Source | undefined>()
  const open = (file: string): Source | undefined => {
    if (sources.has(file)) return sources.get(file)
    if (sources.size >= FILES_AT_MOST) return undefined
    sources.set(file, read(file))
    return sources.get(file)
  }
  return (section, name, key, hint) => {
    const seen = new Set<string>()
    let nearest: Place | undefined
    const search = (file: string, service: string): Place | undefined => {
      const id = `${file}\0${service}`
      if (seen.has(id)) return undefined
      seen.add(id)
      const source = open(file)
      if (!source?.root) return undefined
      const entry = pairOf(mapOf(source.root, section, source), service, source)
      const map = follow(entry?.value as Node, source)
      if (entry) nearest ??= source.place(entry.key as Node)
      if (isMap(map)) {
        const pair = pairOf(map, key, source)
        if (pair) return source.place(item(follow(pair.value as Node, source), hint) ?? (pair.key as Node))
        const base = follow(pairOf(map, 'extends', source)?.value as Node, source)
        if (base) {
          const from = isMap(base) ? base.get('file') : undefined
          const of = isMap(base) ? base.get('service') : isScalar(base) ? base.value : undefined
          const found = search(typeof from === 'string' ? resolve(dirname(file), from) : file, String(of))
          if (found) return found
        }
      }
      for (const path of included(source)) {
        const found = search(resolve(dirname(file), path), service)
        if (found) return found
      }
      return undefined
    }
    for (const file of files.toReversed()) {
      const found = search(file, name)
      if (found) return found
    }
    return nearest ?? { file: files.at(-1) ?? 'compose.yaml' }
  }
}

function read(file: string): Source | undefined {
  try {
    if (statSync(file).size > BYTES_AT_MOST) return undefined
    const lines = new LineCounter()
    const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, merge: true, logLevel: 'silent', prettyErrors: false })
    const resolveAlias = (node: Node) => (isAlias(node) ? node.resolve(document) : node)
    const source: Source & { resolveAlias: typeof resolveAlias } = {
      file,
      root: isMap(document.contents) ? document.contents : undefined,
      resolveAlias,
      place(node) {
        if (!node?.range) return { file }
        const { line, col } = lines.linePos(node.range[0])
        return { file, line, column: col }
      },
    }
    return source
  } catch {
    return undefined // Compose itself has said, or will say, what is wrong with it.
  }
}

const follow = (node: Node | null | undefined, source: Source): Node | null | undefined =>
  isAlias(node) ? (source as Source & { resolveAlias(node: Node): Node | undefined }).resolveAlias(node) : node

/** The pair of a key, in the map itself or in what is merged into it (`<<: *base`, `<<: [*a, *b]`). */
function pairOf(map: YAMLMap | undefined, key: string, source: Source, depth = 0): Pair | undefined {
  if (!map || depth > 10) return undefined
  const own = map.items.find(pair => isScalar(pair.key) && String(pair.key.value) === key)
  if (own) return own
  for (const pair of map.items) {
    if (!isScalar(pair.key) || (pair.key.value !== '<<' && typeof pair.key.value !== 'symbol')) continue
    const value = follow(pair.value as Node, source)
    for (const part of isSeq(value) ? value.items : [value]) {
      const merged = follow(part as Node, source)
      const found = isMap(merged) ? pairOf(merged, key, source, depth + 1) : undefined
      if (found) return found
    }
  }
  return undefined
}

function mapOf(map: YAMLMap, key: string, source: Source): YAMLMap | undefined {
  const value = follow(pairOf(map, key, source)?.value as Node, source)
  return isMap(value) ? value : undefined
}

/** The item of a list (or pair of a map) that holds the hint; a plain value is its own place. */
function item(node: Node | null | undefined, hint: string | undefined): Node | undefined {
  if (!hint || !(isSeq(node) || isMap(node))) return undefined
  const holds = (part: unknown) =>
    JSON.stringify((part as { toJSON?(): unknown })?.toJSON?.() ?? '').includes(JSON.stringify(hint).slice(1, -1))
  if (isSeq(node)) return node.items.find(holds) as Node | undefined
  return node.items.find(pair => isScalar(pair.key) && (String(pair.key.value) === hint || holds(pair)))?.key as Node | undefined
}

/** Paths of `include:`, short and long form. */
function included(source: Source): string[] {
  const list = follow(source.root?.get('include', true) as Node, source)
  if (!isSeq(list)) return []
  return list.items.flatMap(entry => {
    const node = follow(entry as Node, source)
    if (isScalar(node)) return [String(node.value)]
    const path = (isMap(node) ? node.get('path', true) : undefined) as Node | undefined
    if (isScalar(path)) return [String(path.value)]
    return isSeq(path) ? path.items.map(part => String(isScalar(part) ? part.value : part)) : []
  })
}
