/** The files of the repository as the style rules see them. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'vitest/node'

/** One text file. */
export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  path: string
  text: string
}

/** A place where a rule is broken. */
export interface Violation {
  path: string
  line: number
  message: string
}

/** A syntax node, as far as the rules look into it (ESTree with TypeScript). */
export interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

const NOT_OURS = new Set(['node_modules', '.git', '.millrace', '.DS_Store', '.env', 'pnpm-lock.yaml'])
const TEXT = /\.(ts|js|cjs|mjs|json|ya?ml|md|sql|lua|html|css|sh|txt|csv|avsc|toml|py)$|^(Dockerfile|LICENSE|run)$/
const MAX_BYTES = 2_000_000

/** All text files of the repository, in a stable order. */
export function repositoryFiles(root: string, dir = ''): SourceFile[] {
  return readdirSync(join(root, dir), { withFileTypes: true })
    .filter(entry => !NOT_OURS.has(entry.name) && !entry.name.endsWith('.log'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = dir ? `${dir}/${entry.name}` : entry.name
      if (entry.isDirectory()) return repositoryFiles(root, path)
      if (!entry.isFile() || !TEXT.test(entry.name) || statSync(join(root, path)).size > MAX_BYTES) return []
      return [{ path, text: readFileSync(join(root, path), 'utf8') }]
    })
}

/** Line number (from 1) of a character offset. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** Every syntax node of a TypeScript file, parents before children. */
export function* nodesOf(file: SourceFile): Generator<Node> {
  const open: Node[] = [parseAst(file.text, { lang: 'ts' }) as unknown as Node]
  for (let node = open.pop(); node; node = open.pop()) {
    yield node
    const children = Object.values(node).flat().filter(isNode)
    open.push(...children.reverse())
  }
}
