/** Which lab is being worked on. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../errors/coded-error.ts'
import { isPassed, lastLab, readProgress } from './progress.ts'
import { readPlainFile } from './safe-read.ts'
import { tryLoadStarter } from './starter.ts'
import type { Lab } from './types.ts'

/**
 * Of these labs, the one being worked on: edited or graded most recently; when that one is passed (or nothing was touched yet) the first
 * unfinished one after it, else the first unfinished one, else the last lab.
 * @throws CodedError MR-E-022 when there are no labs
 */
export function chooseCurrent(root: string, labs: readonly Lab[]): Lab {
  const last = lastLab(root)
  let at = -1
  let newest = 0
  labs.forEach((lab, n) => {
    const graded = lab.id === last ? Date.parse(readProgress(root, lab.id).gradedAt ?? '') || 1 : 0
    const touched = Math.max(graded, lastEdit(lab))
    if (touched > newest) [at, newest] = [n, touched]
  })
  const unfinished = (lab: Lab): boolean => !isPassed(lab, readProgress(root, lab.id))
  const chosen = [...labs.slice(Math.max(at, 0)), ...labs].find(unfinished) ?? labs.at(-1)
  if (!chosen) throw new CodedError('MR-E-022')
  return chosen
}

/** When an editable file that differs from its starter was last written (ms since the epoch); 0 when all are as they came. */
export function lastEdit(lab: Lab): number {
  const starter = tryLoadStarter(lab)
  if (!starter) return 0
  return Math.max(
    0,
    ...lab.edit.map(path => (differs(lab, path, starter.files.get(path)?.content) ? statSync(join(lab.labDir, path)).mtimeMs : 0)),
  )
}

function differs(lab: Lab, path: string, original: Buffer | undefined): boolean {
  try {
    const now = readPlainFile(lab.labDir, path, lab.id)
    return now !== undefined && !(original && now.content.equals(original))
  } catch (error) {
    // Links and folders in a file's place are named when the lab is graded; here they only mean "not edited".
    if (error instanceof CodedError) return false
    throw error
  }
}
