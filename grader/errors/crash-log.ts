/** Where the stacks of our own bugs go instead of onto the learner's screen. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Stacks kept; the oldest beyond it are removed. */
const KEEP = 20
const DEFAULT = fileURLToPath(new URL('../../.millrace/crashes', import.meta.url))

/** Writes a stack to a file of its own and returns its path as printed; where it cannot be written, how to see it. */
export function keepStack(stack: string, dir = DEFAULT): string {
  const name = `${new Date().toISOString().replace(/[:.]/g, '-')}-${process.pid}.txt`
  try {
    mkdirSync(dir, { recursive: true })
    const facts = `node ${process.version} ${process.platform} ${process.arch}\n${process.argv.slice(2).join(' ')}\n\n`
    writeFileSync(join(dir, name), `${facts}${stack}\n`)
    for (const old of readdirSync(dir).sort().slice(0, -KEEP)) rmSync(join(dir, old), { force: true })
    const path = relative(process.cwd(), join(dir, name))
    return path.startsWith('..') ? join(dir, name) : path
  } catch {
    return '(its stack could not be kept; run it with MILLRACE_DEBUG=1 to see it)'
  }
}
