/** Finding labs: all of them in order, one by any of its names. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../errors/coded-error.ts'
import { nearest } from '../ui/nearest.ts'
import { chooseCurrent } from './current.ts'
import { type ParsedManifest, parseManifest } from './manifest.ts'
import { type Problem, problemLines } from './problem.ts'
import { readPlainFile } from './safe-read.ts'
import { starterFile, tryLoadStarter } from './starter.ts'
import type { Lab } from './types.ts'

/** A lab's folder name: its id, a hyphen, words. */
const FOLDER = /^(\d{1,2})\.(\d{1,2})-[a-z0-9]+(?:-[a-z0-9]+)*$/

/**
 * Names of the lab folders in course order (by level, then number): those with a lab.yaml. A lab that its learner deleted, but that is
 * sealed, is still one.
 */
export function labFolders(root: string): string[] {
  const listed = foldersIn(join(root, 'labs')).filter(name => existsSync(join(root, 'labs', name, 'lab.yaml')))
  const sealed = foldersIn(join(root, 'grader/labs')).filter(name => existsSync(starterFile(join(root, 'grader/labs', name))))
  return [...new Set([...listed, ...sealed])].filter(name => FOLDER.test(name)).sort(byCourseOrder)
}

/** Folders under labs/ that are named like a lab but have no lab.yaml (yet). */
export function foldersWithoutManifest(root: string): string[] {
  const labs = new Set(labFolders(root))
  return foldersIn(join(root, 'labs')).filter(name => FOLDER.test(name) && !labs.has(name))
}

/** Compares lab ids or folder names as numbers: 6.2 before 6.10. */
export function byCourseOrder(a: string, b: string): number {
  const [levelA = 0, numberA = 0] = a.split(/[.-]/).map(Number)
  const [levelB = 0, numberB = 0] = b.split(/[.-]/).map(Number)
  return levelA - levelB || numberA - numberB
}

/**
 * All labs, in course order.
 * @throws CodedError MR-E-010 with every mistake of every lab.yaml
 */
export function loadLabs(root: string): Lab[] {
  const read = labFolders(root).map(folder => readLab(root, folder))
  const problems = read.flatMap(entry => entry.problems)
  if (problems.length > 0) throw manifestError(problems, '<lab>')
  return read.map(entry => entry.lab!)
}

/**
 * One lab by id (`6.2`), lab-id (`lab-6.2`), folder (`6.2-rate-limiter`), path (`labs/6.2-rate-limiter/`) or the words of its folder, in any case.
 * Only this lab's manifest is read.
 * @throws CodedError MR-E-001 with the nearest name, MR-E-010 when its manifest has mistakes, MR-E-011 when it has none
 */
export function findLab(root: string, name: string): Lab {
  const folder = findFolder(root, name)
  const { lab, problems } = readLab(root, folder)
  if (!lab) throw manifestError(problems, idOf(folder))
  return lab
}

/** The folder behind a lab's name, as in `findLab`. */
export function findFolder(root: string, name: string): string {
  const folders = labFolders(root)
  const wanted = name
    .toLowerCase()
    .replaceAll('\\', '/')
    .replace(/\/+$/, '')
    .replace(/^.*\//, '')
    .replace(/^lab[-_ ]?/, '')
  const isWanted = (folder: string): boolean => [folder, idOf(folder), folder.slice(idOf(folder).length + 1)].includes(wanted)
  const found = folders.find(isWanted)
  if (found) return found
  const begun = foldersWithoutManifest(root).find(isWanted)
  if (begun) throw new CodedError('MR-E-011', { folder: `labs/${begun}` })
  const ids = folders.map(idOf)
  const byId = nearest(wanted, ids)
  const close = nearest(wanted, folders) ?? (byId ? folders[ids.indexOf(byId)] : undefined)
  throw new CodedError('MR-E-001', {
    name,
    nearest: close ? `lab-${idOf(close)}` : folders[0] ? `lab-${idOf(folders[0])}` : 'none: there are no labs',
  })
}

/** The lab being worked on, else the next unfinished one. @throws CodedError as `loadLabs`, MR-E-022 when there are no labs */
export const currentLab = (root: string): Lab => chooseCurrent(root, loadLabs(root))

/** "6.2" of "6.2-rate-limiter". */
export const idOf = (folder: string): string => folder.slice(0, folder.indexOf('-'))

/** A lab as far as it could be read, with the mistakes found on the way. */
export interface LabReading {
  lab: Lab | undefined
  problems: Problem[]
  locate: ParsedManifest['locate']
}

/**
 * Reads one lab's manifest: the sealed one (a learner's change to lab.yaml counts for nothing), or with `from: 'folder'` the one in labs/.
 * @throws CodedError MR-E-011 without lab.yaml
 */
export function readLab(root: string, folder: string, from: 'sealed' | 'folder' = 'sealed'): LabReading {
  const labDir = join(root, 'labs', folder)
  const testDir = join(root, 'grader/labs', folder)
  const sealed = from === 'sealed' ? tryLoadStarter({ id: idOf(folder), testDir })?.files.get('lab.yaml') : undefined
  const text = sealed ?? readPlainFile(labDir, 'lab.yaml', idOf(folder))
  if (!text) throw new CodedError('MR-E-011', { folder: `labs/${folder}` })
  const { manifest, problems, locate } = parseManifest(text.content.toString('utf8'), `labs/${folder}/lab.yaml`, folder)
  if (!manifest || problems.length > 0) return { lab: undefined, problems, locate }
  return { lab: { ...manifest, folder, labDir, testDir, solutionDir: join(root, 'solutions', folder) }, problems, locate }
}

/** The coded error that carries a list of mistakes. */
export function manifestError(problems: readonly Problem[], lab: string): CodedError {
  const count = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`
  return new CodedError('MR-E-010', {
    count,
    list: problemLines(problems)
      .map(line => `\n  ${line}`)
      .join(''),
    lab,
  })
}

function foldersIn(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter(entry => entry.isDirectory() || entry.isSymbolicLink())
      .map(entry => entry.name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
