/** Overlays: a solution over the starter, a mutant over the solution. Only files that differ are in them. */
import { join } from 'node:path'
import { CodedError } from '../errors/coded-error.ts'
import { nearest } from '../ui/nearest.ts'
import { type FileContent, listFiles, lstatOf, readPlainFile, sizeMeter } from './safe-read.ts'
import type { Lab } from './types.ts'

/** Parts of solutions/<lab>/ that are for people and for our own tests, never laid into a workspace. */
export const NOT_LAID = ['NOTES.md', 'mutants', 'golden', 'tests', 'bench']

/** Files of a solution's or mutant's overlay; more than a learner's, because the from-scratch servers are long. */
const OVERLAY_FILES = 1_000

/**
 * The files of solutions/<lab>/ that are laid over the starter.
 * @throws CodedError MR-E-019 when the lab has no solution
 */
export function readSolution(lab: Lab): Map<string, FileContent> {
  if (!lstatOf(lab.solutionDir)?.isDirectory()) throw new CodedError('MR-E-019', { lab: lab.id, folder: lab.folder })
  return readOverlay(lab, lab.solutionDir, path => NOT_LAID.includes(path))
}

/**
 * The files of one mutant.
 * @param solved the files under it (starter and solution): a mutant must change at least one, and every file it names
 * @throws CodedError MR-E-006 when there is no such folder, MR-E-020 when it changes nothing
 */
export function readMutant(lab: Lab, name: string, solved: ReadonlyMap<string, FileContent>): Map<string, FileContent> {
  const dir = join(lab.solutionDir, 'mutants', name)
  if (name.includes('/') || name.startsWith('.') || !lstatOf(dir)?.isDirectory()) {
    const all = mutantNames(lab)
    const folder = `solutions/${lab.folder}/mutants/${name}`
    throw new CodedError('MR-E-006', {
      lab: lab.id,
      mutant: name,
      folder,
      nearest: nearest(name, all) ?? all[0] ?? 'none',
      all: all.join(', '),
    })
  }
  const files = readOverlay(lab, dir, () => false)
  const facts = { lab: lab.id, folder: lab.folder, mutant: name }
  if (files.size === 0) throw new CodedError('MR-E-020', { ...facts, reason: 'its folder is empty.' })
  for (const [path, file] of files) {
    if (solved.get(path)?.content.equals(file.content))
      throw new CodedError('MR-E-020', { ...facts, reason: `${path} is the same in both.` })
  }
  return files
}

/** Names of a lab's mutants: the folders that hold at least one file, sorted. */
export function mutantNames(lab: Lab): string[] {
  const dir = join(lab.solutionDir, 'mutants')
  if (!lstatOf(dir)?.isDirectory()) return []
  return [...new Set(listFiles(dir, '', lab.id, { limit: 5_000 }).map(path => path.split('/')[0]!))].sort()
}

function readOverlay(lab: Lab, dir: string, skip: (path: string) => boolean): Map<string, FileContent> {
  const meter = sizeMeter()
  const files = new Map<string, FileContent>()
  for (const path of listFiles(dir, '', lab.id, { skip, limit: OVERLAY_FILES })) {
    const file = readPlainFile(dir, path, lab.id)!
    meter(path, file.content.length)
    files.set(path, file)
  }
  return files
}
