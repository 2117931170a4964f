/** What a learner hands in: the editable files and the new files beside them. Everything else of the lab is protected. */
import { dirname, join } from 'node:path'
import { CodedError } from '../errors/coded-error.ts'
import { type FileContent, listFiles, lstatOf, MAX_FILES, readPlainFile, sizeMeter } from './safe-read.ts'
import type { Starter } from './starter.ts'
import { sha256 } from './starter.ts'
import type { Lab } from './types.ts'

/** The learner's part of a lab. */
export interface LearnerFiles {
  /** Editable files and new ones, to be laid over the starter. */
  files: Map<string, FileContent>
  /** Protected paths at which labs/ holds something else than the original (or nothing); an untouched earlier version does not count. */
  protectedChanged: string[]
}

/**
 * Reads labs/<lab>/ as a learner left it. New files are taken from the folders of editable files: whole trees (`src/`), or for an
 * editable file at the top only the top folder's own files.
 * @throws CodedError MR-E-014 (links, special files), MR-E-015–017, MR-E-021 (limits), MR-E-018 (an editable file is missing)
 */
export function readLearnerFiles(lab: Lab, starter: Starter): LearnerFiles {
  assertPlainFolder(lab)
  const meter = sizeMeter()
  const files = new Map<string, FileContent>()
  const take = (path: string, file: FileContent): void => {
    meter(path, file.content.length)
    files.set(path, file)
  }
  for (const path of lab.edit) {
    const file = readPlainFile(lab.labDir, path, lab.id)
    if (!file) throw new CodedError('MR-E-018', { path: `labs/${lab.folder}/${path}`, lab: lab.id, file: path })
    take(path, file)
  }
  const protectedChanged = [...starter.files.keys()].filter(path => !files.has(path) && isChanged(lab, starter, path))
  // Compared without case: on a case-insensitive disk SERVER.ts would replace a protected server.ts in the workspace.
  const taken = new Set([...starter.files.keys(), ...files.keys()].flatMap(path => [path, ...parentsOf(path)]).map(fold))
  const fixed = new Set([...starter.files.keys()].map(fold))
  for (const path of extraFiles(lab, starter)) {
    if (taken.has(fold(path)) || parentsOf(path).some(parent => fixed.has(fold(parent)))) {
      protectedChanged.push(path)
      continue
    }
    take(path, readPlainFile(lab.labDir, path, lab.id)!)
    taken.add(fold(path))
  }
  return { files, protectedChanged: [...new Set(protectedChanged)].sort() }
}

/** True when a new file at this path would be graded: it lies below the folder of an editable file (at the top: right in it). */
export function isHandedIn(lab: Pick<Lab, 'edit'>, path: string): boolean {
  return lab.edit.some(edited => {
    const folder = edited.slice(0, edited.lastIndexOf('/') + 1)
    return folder === '' ? !path.includes('/') : path.startsWith(folder)
  })
}

const fold = (path: string): string => path.normalize('NFC').toLowerCase()

/** The folder itself must be where it says it is: a link could hand in somebody else's files. */
function assertPlainFolder(lab: Lab): void {
  const stat = lstatOf(lab.labDir)
  const path = `labs/${lab.folder}`
  if (!stat) throw new CodedError('MR-E-018', { path, lab: lab.id, file: '' })
  if (!stat.isDirectory()) throw new CodedError('MR-E-014', { path, what: 'no ordinary folder', lab: lab.id })
}

function isChanged(lab: Lab, starter: Starter, path: string): boolean {
  try {
    const now = readPlainFile(lab.labDir, path, lab.id)
    if (!now) return true
    return !now.content.equals(starter.files.get(path)!.content) && !starter.history.get(path)?.includes(sha256(now.content))
  } catch (error) {
    // A link or a huge file in place of a protected one is a change; the original is used, nothing is read through it.
    if (error instanceof CodedError) return true
    throw error
  }
}

/** The folders around a path, outermost first: `a`, `a/b` for `a/b/c`. */
export function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, n) => parts.slice(0, n + 1).join('/'))
}

function extraFiles(lab: Lab, starter: Starter): string[] {
  const folders = new Set(lab.edit.map(path => (dirname(path) === '.' ? '' : dirname(path))))
  const tops = [...folders].filter(folder => !parentsOf(folder).some(parent => folders.has(parent)))
  const editable = new Set(lab.edit)
  const skip = (path: string): boolean => editable.has(path) || starter.files.has(path)
  const found = tops.flatMap(folder =>
    lstatOf(join(lab.labDir, folder))?.isDirectory() ? listFiles(lab.labDir, folder, lab.id, { recursive: folder !== '', skip }) : [],
  )
  if (found.length > MAX_FILES) throw new CodedError('MR-E-015', { dir: `labs/${lab.folder}`, limit: MAX_FILES })
  return found
}
