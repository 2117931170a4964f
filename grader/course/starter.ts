/**
 * The sealed starter: `grader/labs/<lab>/starter.json`, the pristine copy of labs/<lab>/ from which workspaces are laid and files are
 * reset. It knows the hash of every earlier version of a file, so that an untouched old file is told from an edited one without git.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { CodedError } from '../errors/coded-error.ts'
import { writeFileAtomic } from './json-file.ts'
import { type FileContent, listFiles, readPlainFile, sizeMeter } from './safe-read.ts'

const sealedSchema = z.strictObject({
  version: z.int().positive(),
  files: z.record(z.string(), z.string()),
  executable: z.array(z.string()).optional(),
  history: z.record(z.string(), z.array(z.string().regex(/^[0-9a-f]{64}$/))),
})

/** starter.json as it stands on disk: texts as they are, other bytes as `base64:…`. */
export type SealedFile = z.infer<typeof sealedSchema>

/** A sealed starter, decoded. */
export interface Starter {
  version: number
  files: ReadonlyMap<string, FileContent>
  /** Hashes of earlier versions per path, oldest first. */
  history: ReadonlyMap<string, readonly string[]>
}

/** What a lab's starter is found by; a whole `Lab` will do. */
export interface StarterPlace {
  id: string
  labDir: string
  testDir: string
  edit: readonly string[]
}

/** SHA-256, hexadecimal. */
export const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex')

/** Where a lab's sealed starter lies. */
export const starterFile = (testDir: string): string => join(testDir, 'starter.json')

/**
 * The sealed starter of a lab.
 * @throws CodedError MR-E-012 when it was never sealed, MR-E-013 when the file is damaged
 */
export function loadStarter(lab: Pick<StarterPlace, 'id' | 'testDir'>): Starter {
  const starter = tryLoadStarter(lab)
  if (!starter) throw new CodedError('MR-E-012', { lab: lab.id, file: shown(lab.testDir) })
  return starter
}

/** Like `loadStarter`, but undefined when there is none. */
export function tryLoadStarter(lab: Pick<StarterPlace, 'id' | 'testDir'>): Starter | undefined {
  const sealed = readSealed(lab)
  if (!sealed) return undefined
  const executable = new Set(sealed.executable)
  const files = Object.entries(sealed.files).map(
    ([path, text]) => [path, { content: decode(text), executable: executable.has(path) }] as const,
  )
  return { version: sealed.version, files: new Map(files), history: new Map(Object.entries(sealed.history)) }
}

function readSealed(lab: Pick<StarterPlace, 'id' | 'testDir'>): SealedFile | undefined {
  let text: string
  try {
    text = readFileSync(starterFile(lab.testDir), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const sealed = sealedSchema.parse(JSON.parse(text))
    for (const path of Object.keys(sealed.files))
      if (!isInside(path)) throw new Error(`the path ${JSON.stringify(path)} leads out of the lab`)
    return sealed
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message
    throw new CodedError('MR-E-013', { lab: lab.id, file: shown(lab.testDir), reason })
  }
}

const shown = (testDir: string): string => `grader/labs/${basename(testDir)}/starter.json`

/** True for a relative path with forward slashes that stays below its folder. */
export const isInside = (path: string): boolean =>
  path !== '' && !path.split('/').some(part => ['', '.', '..'].includes(part)) && !/[\\\0]/.test(path)

const decode = (text: string): Buffer => (text.startsWith('base64:') ? Buffer.from(text.slice(7), 'base64') : Buffer.from(text, 'utf8'))

function encode(content: Buffer): string {
  const text = content.toString('utf8')
  const same = Buffer.from(text, 'utf8').equals(content) && !text.startsWith('base64:') && !text.includes('\0')
  return same ? text : `base64:${content.toString('base64')}`
}

/** The files of labs/<lab>/ as they are now: what the next seal would hold. Editor and system leftovers are no part of it. */
export function readLabFolder(lab: StarterPlace): Map<string, FileContent> {
  const paths = new Set([...listFiles(lab.labDir, '', lab.id), ...lab.edit])
  const meter = sizeMeter()
  const files = new Map<string, FileContent>()
  for (const path of [...paths].sort()) {
    const file = readPlainFile(lab.labDir, path, lab.id)
    if (!file) continue
    meter(path, file.content.length)
    files.set(path, file)
  }
  return files
}

/** How labs/<lab>/ differs from the sealed starter: paths, each with what happened to it. */
export function starterDifferences(lab: StarterPlace, starter: Starter): { path: string; change: 'added' | 'changed' | 'removed' }[] {
  const now = readLabFolder(lab)
  const differences: { path: string; change: 'added' | 'changed' | 'removed' }[] = []
  for (const [path, file] of now) {
    const sealed = starter.files.get(path)
    if (!sealed) differences.push({ path, change: 'added' })
    else if (!sameFile(sealed, file)) differences.push({ path, change: 'changed' })
  }
  for (const path of starter.files.keys()) if (!now.has(path)) differences.push({ path, change: 'removed' })
  return differences.sort((a, b) => (a.path < b.path ? -1 : 1))
}

const sameFile = (a: FileContent, b: FileContent): boolean => a.executable === b.executable && a.content.equals(b.content)

/**
 * Seals labs/<lab>/ as it is now: writes starter.json when something changed, with the next version and a longer history.
 * An author's act: what a learner has edited must not be sealed.
 * @throws CodedError of reading the folder (links, sizes), MR-E-013 when the old seal is damaged
 */
export function sealStarter(lab: StarterPlace): { version: number; changes: { path: string; change: string }[] } {
  const old = tryLoadStarter(lab)
  const now = readLabFolder(lab)
  const changes = old ? starterDifferences(lab, old) : [...now.keys()].map(path => ({ path, change: 'added' as const }))
  if (old && changes.length === 0) return { version: old.version, changes }
  const history = new Map([...(old?.history ?? [])].map(([path, hashes]) => [path, [...hashes]]))
  for (const { path, change } of changes) {
    const before = old?.files.get(path)
    if (before && change !== 'added') history.set(path, append(history.get(path), sha256(before.content)))
  }
  const sealed: SealedFile = {
    version: (old?.version ?? 0) + 1,
    files: Object.fromEntries([...now].map(([path, file]) => [path, encode(file.content)])),
    ...executables(now),
    history: Object.fromEntries([...history].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
  mkdirSync(dirname(starterFile(lab.testDir)), { recursive: true })
  writeFileAtomic(starterFile(lab.testDir), `${JSON.stringify(sealed, null, 2)}\n`)
  return { version: sealed.version, changes }
}

const append = (hashes: readonly string[] = [], hash: string): string[] => [...hashes.filter(other => other !== hash), hash]

function executables(files: ReadonlyMap<string, FileContent>): { executable?: string[] } {
  const paths = [...files].filter(([, file]) => file.executable).map(([path]) => path)
  return paths.length > 0 ? { executable: paths } : {}
}
