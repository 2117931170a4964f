/**
 * Which version of the starter each of the learner's files came from. `.millrace/state/<lab>.json` holds the hash, `.millrace/objects/`
 * the text behind it (content-addressed), so that a course update can be told from the learner's own work, without git.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyPatch, reversePatch, structuredPatch } from 'diff'
import { z } from 'zod'
import { CodedError } from '../errors/coded-error.ts'
import { readJson, writeFileAtomic, writeJson } from './json-file.ts'
import { type FileContent, readPlainFile } from './safe-read.ts'
import { loadStarter, type Starter, sha256 } from './starter.ts'
import type { Lab } from './types.ts'

/**
 * What became of one editable file. `old`: an earlier starter, untouched, safe to update. `edited-old`: edited, and the starter has moved
 * on since. `unreadable`: a link, a folder or too large.
 */
export type FileState = 'untouched' | 'old' | 'edited' | 'edited-old' | 'missing' | 'unreadable'

/** One editable file of a lab. */
export interface TrackedFile {
  path: string
  state: FileState
  /** The starter text that the learner's file came from, where it is known. */
  base: Buffer | undefined
  /** The learner's file; absent when missing or unreadable. */
  now: FileContent | undefined
}

const stateSchema = z.strictObject({
  version: z.literal(1),
  files: z.record(z.string(), z.strictObject({ base: z.string().regex(/^[0-9a-f]{64}$/), starterVersion: z.number() })),
})
type State = z.infer<typeof stateSchema>

const stateFile = (root: string, lab: Lab): string => join(root, '.millrace/state', `${lab.id}.json`)
const objectFile = (root: string, hash: string): string => join(root, '.millrace/objects', hash.slice(0, 2), hash.slice(2))

/**
 * Looks at every editable file of a lab, and records the base of those seen for the first time or known untouched.
 * @throws CodedError MR-E-012, MR-E-013 when the lab's sealed starter is missing or damaged
 */
export function trackFiles(root: string, lab: Lab, starter: Starter = loadStarter(lab), note?: (text: string) => void): TrackedFile[] {
  const state: State = readJson(stateFile(root, lab), stateSchema, { version: 1, files: {} }, note)
  const before = JSON.stringify(state)
  const files = lab.edit.map(path => trackFile(root, lab, starter, state, path))
  if (JSON.stringify(state) !== before) writeJson(stateFile(root, lab), state)
  return files
}

function trackFile(root: string, lab: Lab, starter: Starter, state: State, path: string): TrackedFile {
  const original = starter.files.get(path)?.content ?? Buffer.alloc(0)
  const current = sha256(original)
  const settle = (base: Buffer): void => {
    const hash = sha256(base)
    if (state.files[path]?.base === hash) return
    keepObject(root, hash, base)
    state.files[path] = { base: hash, starterVersion: starter.version }
  }
  let now: FileContent | undefined
  try {
    now = readPlainFile(lab.labDir, path, lab.id)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    return { path, state: 'unreadable', base: undefined, now }
  }
  if (!now) return { path, state: 'missing', base: undefined, now }
  const hash = sha256(now.content)
  if (hash === current || starter.history.get(path)?.includes(hash)) {
    settle(now.content)
    return { path, state: hash === current ? 'untouched' : 'old', base: now.content, now }
  }
  // Edited before anybody looked: it came from the starter of this moment.
  const known = state.files[path]
  if (!known) settle(original)
  if (!known || known.base === current) return { path, state: 'edited', base: original, now }
  const base = readObject(root, known.base)
  if (base && contains(now.content, base, original)) {
    settle(original)
    return { path, state: 'edited', base: original, now }
  }
  return { path, state: 'edited-old', base, now }
}

/** True when the learner's text already has all of the update (merged by hand or by git): the update can be taken out of it again. */
function contains(learner: Buffer, base: Buffer, updated: Buffer): boolean {
  const patch = structuredPatch('f', 'f', base.toString('utf8'), updated.toString('utf8'))
  return applyPatch(learner.toString('utf8'), reversePatch(patch)) !== false
}

/**
 * The learner's text with the course's update put in, or undefined when the two touch the same lines.
 * @param file one in state `old` or `edited-old`
 */
export function withUpdate(file: TrackedFile, starter: Starter): Buffer | undefined {
  const updated = starter.files.get(file.path)?.content
  if (!file.now || !updated || file.state === 'old') return updated
  if (!file.base) return undefined
  const patch = structuredPatch('f', 'f', file.base.toString('utf8'), updated.toString('utf8'))
  const merged = applyPatch(file.now.content.toString('utf8'), patch)
  return merged === false ? undefined : Buffer.from(merged)
}

function keepObject(root: string, hash: string, content: Buffer): void {
  if (!readObject(root, hash)) writeFileAtomic(objectFile(root, hash), content)
}

/** The text behind a hash; undefined when it is not kept, or damaged. */
function readObject(root: string, hash: string): Buffer | undefined {
  try {
    const content = readFileSync(objectFile(root, hash))
    return sha256(content) === hash ? content : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
