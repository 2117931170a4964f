/** Every file of a lab as it stands in labs/, beside its original: what status, diff and reset talk about. */
import { CodedError } from '../errors/coded-error.ts'
import { nearest } from '../ui/nearest.ts'
import { parentsOf } from './learner-files.ts'
import { type FileContent, listFiles, lstatOf, readPlainFile } from './safe-read.ts'
import { loadStarter, type Starter, sha256 } from './starter.ts'
import { type FileState, trackFiles } from './tracking.ts'
import type { Lab } from './types.ts'

/** One path of a lab. */
export interface LabFile {
  path: string
  /** `edit`: the learner's to change; `protected`: the course's; `new`: the learner's own. */
  role: 'edit' | 'protected' | 'new'
  state: FileState | 'new'
  /** The sealed starter's text; absent for `new`. */
  original: FileContent | undefined
  /** What stands in labs/; absent when missing or unreadable. */
  now: FileContent | undefined
  /** The starter text an editable file came from. */
  base?: Buffer | undefined
}

/**
 * All files of a lab: editable ones (tracked, see tracking.ts), protected ones, then the learner's new ones.
 * @throws CodedError MR-E-012, MR-E-013 when the sealed starter is missing or damaged
 */
export function labFiles(root: string, lab: Lab, starter: Starter = loadStarter(lab), note?: (text: string) => void): LabFile[] {
  const edit = trackFiles(root, lab, starter, note).map(
    ({ path, state, base, now }): LabFile => ({
      path,
      role: 'edit',
      state,
      original: starter.files.get(path),
      now,
      base,
    }),
  )
  const fixed = [...starter.files]
    .filter(([path]) => !lab.edit.includes(path))
    .map(([path, original]) => protectedFile(lab, starter, path, original))
  // With the folders around them: a link in a folder's place is dealt with where the files below it are.
  const known = new Set([...starter.files.keys(), ...lab.edit].flatMap(path => [path, ...parentsOf(path)]))
  return [
    ...edit,
    ...fixed,
    ...newPaths(lab)
      .filter(path => !known.has(path))
      .map(path => newFile(lab, path)),
  ]
}

/** Finds one file by the name a learner types: with or without the lab folder in front. @throws CodedError MR-E-023 */
export function pickFile(lab: Lab, files: readonly LabFile[], name: string): LabFile {
  const wanted = name.replace(/^\.\//, '').replace(`labs/${lab.folder}/`, '')
  const found = files.find(file => file.path === wanted)
  if (found) return found
  const paths = files.map(file => file.path)
  const byName = paths.find(path => path.endsWith(`/${wanted}`))
  throw new CodedError('MR-E-023', {
    lab: lab.id,
    file: name,
    nearest: byName ?? nearest(wanted, paths) ?? paths[0],
    all: paths.join(', '),
  })
}

function protectedFile(lab: Lab, starter: Starter, path: string, original: FileContent): LabFile {
  const file = { path, role: 'protected' as const, original }
  try {
    const now = readPlainFile(lab.labDir, path, lab.id)
    if (!now) return { ...file, state: 'missing', now }
    if (now.content.equals(original.content)) return { ...file, state: 'untouched', now }
    return { ...file, state: starter.history.get(path)?.includes(sha256(now.content)) ? 'old' : 'edited', now }
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    return { ...file, state: 'unreadable', now: undefined }
  }
}

/** Paths looked at before giving up on what a learner piled up. */
const MOST_NEW = 5_000

/** New files anywhere in the lab, links and special files too; too many to list are left for grading to complain about. */
function newPaths(lab: Lab): string[] {
  if (!lstatOf(lab.labDir)?.isDirectory()) return []
  try {
    return listFiles(lab.labDir, '', lab.id, { odd: 'list', limit: MOST_NEW })
  } catch (error) {
    if (error instanceof CodedError) return []
    throw error
  }
}

function newFile(lab: Lab, path: string): LabFile {
  const file = { path, role: 'new' as const, original: undefined }
  try {
    return { ...file, state: 'new', now: readPlainFile(lab.labDir, path, lab.id) }
  } catch (error) {
    if (error instanceof CodedError) return { ...file, state: 'unreadable', now: undefined }
    throw error
  }
}
