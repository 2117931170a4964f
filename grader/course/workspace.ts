/** Lays the files that are judged into a fresh folder; nobody's files are ever run where they lie. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readLearnerFiles } from './learner-files.ts'
import { readMutant, readSolution } from './overlay.ts'
import type { FileContent } from './safe-read.ts'
import { loadStarter } from './starter.ts'
import type { Lab, Source } from './types.ts'

/** A laid workspace. */
export interface Workspace {
  dir: string
  /** Protected files that the learner changed, removed or put something else in place of; the originals were used. */
  protectedChanged: string[]
}

/**
 * Lays a lab for judging into `dir`, which is removed first: the sealed starter, and over it the learner's editable and new files, the
 * solution's overlay, or the solution's and a mutant's. A package.json makes it ESM unless the lab brings its own.
 * @example layWorkspace({ lab, source: { kind: 'learner' }, dir: '/tmp/w' })
 * @throws CodedError MR-E-012–021: not sealed, links, limits, missing files, an empty mutant
 */
export function layWorkspace(request: { lab: Lab; source: Source; dir: string }): Workspace {
  const { lab, source, dir } = request
  const starter = loadStarter(lab)
  const files = new Map(starter.files)
  const protectedChanged: string[] = []
  const overlay = (extra: ReadonlyMap<string, FileContent>): void => {
    for (const [path, file] of extra) files.set(path, file)
  }
  if (source.kind === 'learner') {
    const learner = readLearnerFiles(lab, starter)
    overlay(learner.files)
    protectedChanged.push(...learner.protectedChanged)
  } else if (source.kind === 'solution') {
    overlay(readSolution(lab))
  } else if (source.kind === 'mutant') {
    overlay(readSolution(lab))
    overlay(readMutant(lab, source.name, files))
  }
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  if (!files.has('package.json')) files.set('package.json', { content: Buffer.from('{"type":"module"}\n'), executable: false })
  const made = new Set<string>()
  for (const [path, file] of files) {
    const target = join(dir, path)
    const parent = dirname(target)
    if (!made.has(parent)) {
      mkdirSync(parent, { recursive: true })
      made.add(parent)
    }
    writeFileSync(target, file.content, { flag: 'wx' })
    if (file.executable) chmodSync(target, 0o755)
  }
  return { dir, protectedChanged }
}
