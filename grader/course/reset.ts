/** Back to the starter, or on to its newest version. What is replaced is kept under `.millrace/kept/` first, always. */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { CodedError } from '../errors/coded-error.ts'
import { writeFileAtomic } from './json-file.ts'
import { type LabFile, labFiles, pickFile } from './lab-files.ts'
import { isHandedIn } from './learner-files.ts'
import { forgetVerdicts } from './progress.ts'
import { type FileContent, lstatOf } from './safe-read.ts'
import { loadStarter, type Starter } from './starter.ts'
import { withUpdate } from './tracking.ts'
import type { Lab } from './types.ts'

/** What will happen to one file. */
export interface ResetStep {
  path: string
  /** `remove`: a new file of the learner's is taken out (kept). `conflict`: an update that touches the learner's own lines; nothing happens. */
  act: 'restore' | 'remove' | 'update' | 'merge' | 'conflict'
  content?: FileContent
}

/**
 * What a reset would do; nothing is changed.
 * @param options.file only this file
 * @param options.update bring files of an earlier starter to the newest one, merging into edited ones, instead of putting everything back
 * @throws CodedError MR-E-023 for an unknown file
 */
export function planReset(root: string, lab: Lab, options: { file?: string; update?: boolean } = {}): ResetStep[] {
  const starter = loadStarter(lab)
  const files = labFiles(root, lab, starter)
  const chosen = options.file === undefined ? files : [pickFile(lab, files, options.file)]
  return chosen.flatMap(file => (options.update ? updateStep(file, starter) : restoreStep(lab, file, options.file !== undefined)))
}

function restoreStep(lab: Lab, file: LabFile, named: boolean): ResetStep[] {
  if (file.state === 'untouched') return []
  if (file.original) return [{ path: file.path, act: 'restore', content: file.original }]
  // A new file that is not graded anyway (notes beside the lesson) is left alone unless it is named.
  return named || isHandedIn(lab, file.path) ? [{ path: file.path, act: 'remove' }] : []
}

function updateStep(file: LabFile, starter: Starter): ResetStep[] {
  if (!file.original) return []
  if (file.state === 'old' || file.state === 'missing') return [{ path: file.path, act: 'update', content: file.original }]
  if (file.state !== 'edited-old') return []
  const merged = withUpdate({ path: file.path, state: 'edited-old', base: file.base, now: file.now }, starter)
  return merged
    ? [{ path: file.path, act: 'merge', content: { content: merged, executable: file.original.executable } }]
    : [{ path: file.path, act: 'conflict' }]
}

/**
 * Performs the steps; each file's old content is copied away before the new one is written.
 * @returns the folder with what was replaced, relative to the repository; undefined when nothing had to be kept
 * @throws CodedError MR-E-014 when the lab folder itself is a link
 */
export function performReset(root: string, lab: Lab, steps: readonly ResetStep[], now = new Date()): string | undefined {
  const stat = lstatOf(lab.labDir)
  if (stat && !stat.isDirectory()) throw new CodedError('MR-E-014', { path: `labs/${lab.folder}`, what: 'no ordinary folder', lab: lab.id })
  const kept = freshFolder(join(root, '.millrace/kept', lab.id, now.toISOString().replace(/[:.]/g, '-')))
  for (const step of steps) {
    if (step.act === 'conflict') continue
    clearWay(lab, step.path, kept)
    keep(join(lab.labDir, step.path), join(kept, step.path), step.act === 'remove')
    if (!step.content) continue
    writeFileAtomic(join(lab.labDir, step.path), step.content.content)
    if (step.content.executable) chmodSync(join(lab.labDir, step.path), 0o755)
  }
  return existsSync(kept) ? relative(root, kept) : undefined
}

/** Resets everything that differs and says what was done, a line each: what watch mode calls after its own question. */
export function resetLab(root: string, lab: Lab): string[] {
  const steps = planReset(root, lab)
  if (steps.length === 0) return [`lab ${lab.id} is as it came; nothing to reset`]
  const kept = performReset(root, lab, steps)
  forgetVerdicts(root, lab.id)
  const what = `reset ${steps.map(step => step.path).join(', ')}`
  return kept ? [what, `kept in ${kept}; back again: ${backCommand(lab, kept)}`] : [what]
}

/** The command that brings kept files back. */
export const backCommand = (lab: Lab, kept: string): string => `cp -R ${kept}/. labs/${lab.folder}/`

function freshFolder(wanted: string): string {
  let folder = wanted
  for (let n = 2; existsSync(folder); n++) folder = `${wanted}-${n}`
  return folder
}

/** A link or a file where the path needs a folder is moved away: never written through, never followed. */
function clearWay(lab: Lab, path: string, kept: string): void {
  const parts = path.split('/')
  for (let n = 1; n < parts.length; n++) {
    const part = parts.slice(0, n).join('/')
    const stat = lstatOf(join(lab.labDir, part))
    if (stat && !stat.isDirectory()) move(join(lab.labDir, part), join(kept, part))
  }
}

function keep(from: string, to: string, takeAway: boolean): void {
  const stat = lstatOf(from)
  if (!stat) return
  if (takeAway || !stat.isFile()) {
    move(from, to)
    return
  }
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}

function move(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  try {
    renameSync(from, to)
  } catch (error) {
    // labs/ and .millrace/ may be different mounts (containers).
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    cpSync(from, to, { recursive: true, verbatimSymlinks: true })
    rmSync(from, { recursive: true })
  }
}
