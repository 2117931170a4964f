/** The evidence folder of a run: `.millrace/runs/<lab id>/<time>/`, with `latest` beside it. Only the grading parent writes here. */
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { join, relative, sep } from 'node:path'
import { prune } from './prune.ts'
import { resultsSchema } from './schema.ts'
import type { Results } from './types.ts'

/** The evidence folder of one run while it is open. */
export interface Evidence {
  /** Absolute path of the folder. */
  readonly dir: string
  /** Folder name: the start time in UTC, made safe for file names. */
  readonly runId: string
  /** `dir` relative to the repository, with forward slashes: goes into `Results.evidence`. */
  readonly relative: string
  /** Writes a further file of the run whole or not at all, e.g. timeline.html. */
  writeFile(name: string, text: string): void
  /** Writes results.json whole or not at all, points `latest` here and removes runs over the limit. Throws ZodError on a wrong shape. */
  writeResults(results: Results): void
}

const RUNNING = 'running.pid'

/** Folder of all runs of a lab. Throws RangeError for an id that is no plain folder name. */
export function runsDir(root: string, labId: string): string {
  if (!/^\w[\w.-]*$/.test(labId)) throw new RangeError(`not a lab id: ${JSON.stringify(labId)}`)
  return join(root, '.millrace', 'runs', labId)
}

/**
 * Opens a fresh evidence folder. Until `writeResults` it carries our pid, so that another run's clean-up leaves it alone.
 * @example const evidence = openEvidence(root, '6.2')
 */
export function openEvidence(root: string, labId: string, now = new Date()): Evidence {
  const runs = runsDir(root, labId)
  mkdirSync(runs, { recursive: true })
  const runId = claim(runs, now.toISOString().replace(/[:.]/g, '-'))
  const dir = join(runs, runId)
  const writeFile = (name: string, text: string): void => writeAtomic(join(dir, name), text)
  writeFile(RUNNING, `${process.pid}\n`)
  return {
    dir,
    runId,
    relative: relative(root, dir).split(sep).join('/'),
    writeFile,
    writeResults(results) {
      writeFile('results.json', `${JSON.stringify(resultsSchema.parse(results), null, 2)}\n`)
      rmSync(join(dir, RUNNING), { force: true })
      pointLatest(runs, runId)
      prune(runs, runId)
    },
  }
}

/** Makes the folder; mkdir without `recursive` is what two runs in the same millisecond cannot both win. */
function claim(runs: string, name: string): string {
  for (let n = 1; ; n++) {
    const id = n === 1 ? name : `${name}-${n}`
    try {
      mkdirSync(join(runs, id))
      return id
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || n > 1000) throw error
    }
  }
}

/** Temp file and rename: a reader sees the old file or the new one, also when we are killed between. */
function writeAtomic(path: string, text: string): void {
  const temp = `${path}.${process.pid}.tmp`
  const fd = openSync(temp, 'w')
  try {
    writeSync(fd, text)
  } finally {
    closeSync(fd)
  }
  renameSync(temp, path)
}

/** A relative symlink where the file system has them, else a file that holds the run's name. */
function pointLatest(runs: string, runId: string): void {
  const latest = join(runs, 'latest')
  const temp = join(runs, `.latest.${process.pid}.tmp`)
  rmSync(temp, { force: true })
  try {
    symlinkSync(runId, temp)
    renameSync(temp, latest)
  } catch {
    rmSync(temp, { force: true })
    writeAtomic(latest, `${runId}\n`)
  }
}

/** Absolute folder that `latest` points to, or null when there is no finished run. */
export function latestRun(root: string, labId: string): string | null {
  const runs = runsDir(root, labId)
  const latest = join(runs, 'latest')
  try {
    if (lstatSync(latest).isSymbolicLink()) return existsSync(latest) ? latest : null
    const id = readFileSync(latest, 'utf8').trim()
    return /^\w[\w.-]*$/.test(id) && existsSync(join(runs, id)) ? join(runs, id) : null
  } catch {
    return null
  }
}

/** Results of the newest finished run, or null when there is none that this version can read. */
export function readLatest(root: string, labId: string): Results | null {
  const dir = latestRun(root, labId)
  return (dir ? readResults(dir) : null) ?? readHistory(root, labId)[0] ?? null
}

/** Results of all kept runs, newest first. Unfinished, damaged and newer-versioned ones are left out. */
export function readHistory(root: string, labId: string): Results[] {
  const runs = runsDir(root, labId)
  if (!existsSync(runs)) return []
  return readdirSync(runs, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => readResults(join(runs, entry.name)))
    .filter(results => results !== null)
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
}

/** results.json of one run folder, or null when it is missing, damaged or of another version. */
export function readResults(dir: string): Results | null {
  try {
    return resultsSchema.parse(JSON.parse(readFileSync(join(dir, 'results.json'), 'utf8')))
  } catch {
    return null
  }
}
