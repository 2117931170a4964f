/** What may be started, and what a workspace may contain. */
import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { fault } from './fault.ts'

const RUNNABLE = /\.[cm]?[jt]s$/
const MAX_ENTRIES = 20_000

const inside = (root: string, path: string): boolean => path === root || path.startsWith(root + sep)

/** The absolute path of a program of the workspace. Throws LearnerFault (MR-E-075) when it is missing, outside, or not JavaScript or TypeScript. */
export const checkEntry = (dir: string, entry: string): string => {
  const path = resolve(dir, entry)
  const refuse = (why: string): never => {
    throw fault('MR-E-075', { saw: `${entry} ${why}`, lookAt: entry })
  }
  if (!inside(dir, path)) refuse('is outside the lab folder')
  if (!RUNNABLE.test(entry)) refuse('is not a .ts, .js or .mjs file')
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) refuse('does not exist')
  if (!stat!.isFile()) refuse('is not a file')
  return path
}

/**
 * Refuse symbolic links that lead out of the workspace: Node's permission model follows links out of the folders it allows.
 * `node_modules` at the top may be the grader's own link. Throws LearnerFault (MR-E-079).
 */
export const checkLinks = (dir: string): void => {
  let seen = 0
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (path === join(dir, 'node_modules')) continue // `linkModules` judges it
      if (++seen > MAX_ENTRIES) throw fault('MR-E-079', { saw: `your lab folder holds more than ${MAX_ENTRIES} files` })
      if (entry.isSymbolicLink()) {
        let target = resolve(folder, readlinkSync(path))
        try {
          target = realpathSync(path)
        } catch {
          // dangling: judged by where it points
        }
        if (inside(dir, target)) continue
        const name = relative(dir, path)
        throw fault('MR-E-079', { saw: `${name} is a symbolic link to a place outside your lab folder`, lookAt: name })
      }
      if (entry.isDirectory()) walk(path)
    }
  }
  if (lstatSync(dir).isDirectory()) walk(dir)
}
