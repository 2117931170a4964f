/** Folders of a learner's programs: the workspace they read, the scratch they write. */
import { chmodSync, existsSync, lchownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fault } from './fault.ts'
import type { OwnUser } from './platform.ts'

/** Every path below `root`, itself first; links are listed, never followed. */
function* below(root: string): Generator<string> {
  yield root
  for (const entry of existsSync(root) ? readdirSync(root, { withFileTypes: true }) : []) {
    const path = join(root, entry.name)
    if (entry.isDirectory()) yield* below(path)
    else yield path
  }
}

/**
 * Let programs import the packages of the repository root: `node_modules` of the workspace becomes a link to it.
 * Throws LearnerFault (MR-E-079) when something else is there: a link of the learner's could lead anywhere.
 */
export const linkModules = (dir: string, nodeModules: string): void => {
  const link = join(dir, 'node_modules')
  if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(nodeModules, link)
  if (existsSync(link) && realpathSync(link) === nodeModules) return
  throw fault('MR-E-079', { saw: 'your lab folder has a node_modules of its own', lookAt: 'node_modules' })
}

/** Make a workspace readable for the user that programs run as. It is a fresh copy, so its modes are nobody's. */
export const openToOthers = (dir: string): void => {
  for (const path of below(dir)) {
    const stat = lstatSync(path)
    if (stat.isSymbolicLink()) continue
    const wanted = stat.mode | (stat.isDirectory() ? 0o555 : 0o444)
    if (wanted !== stat.mode) chmodSync(path, wanted & 0o7777)
  }
}

/** Give a folder and what is in it to the user that programs run as. */
export const handOver = (dir: string, user: OwnUser | undefined): void => {
  if (!user) return
  for (const path of below(dir)) {
    try {
      lchownSync(path, user.uid, user.gid)
    } catch (error) {
      // A program that runs already may remove its files meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/** A folder for the scratch folders of one learner's programs; the folders in it are private. */
export const makeScratch = (): string => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-scratch-')))
  chmodSync(dir, 0o755)
  return dir
}

/** The scratch folder of one program, its own alone. */
export const programScratch = (root: string, name: string, user: OwnUser | undefined): string => {
  const dir = join(root, name)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  handOver(dir, user)
  return dir
}
