/** What runs left behind whose grade process is gone. Normally nothing: each run's warden ends it. This is for a warden that was killed too. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { birthOf } from './birth.ts'
import { endContainers } from './containers.ts'
import { findMarked, MARK_LIMITS, type MarkedProcess } from './marked.ts'
import { runsDir } from './places.ts'

/** What `owner.json` in a run's folder says: whose run it is. */
export interface Owner {
  runId: string
  pid: number
  birth: string
  startedAt: string
}

/** A run whose owner is gone. */
export interface Stray {
  runId: string
  dir: string
  processes: MarkedProcess[]
}

/** A folder that is still being filled, or whose owner file is broken, counts as a stray only when this old (milliseconds). */
const UNOWNED_AFTER = 60_000

function ownerGone(dir: string): boolean {
  try {
    const owner = JSON.parse(readFileSync(join(dir, 'owner.json'), 'utf8')) as Owner
    return birthOf(owner.pid) !== owner.birth
  } catch {
    try {
      return Date.now() - statSync(dir).mtimeMs > UNOWNED_AFTER
    } catch {
      return false
    }
  }
}

/** Runs whose owner is gone, with their folder and living processes; `limits` names what this platform cannot find. */
export function findStrays(): { strays: Stray[]; limits: string[] } {
  const runs = runsDir()
  const strays = readdirSync(runs).flatMap((name): Stray[] => {
    const dir = join(runs, name)
    if (!ownerGone(dir)) return []
    const runId = name.replace(/^\./, '')
    return [{ runId, dir, processes: findMarked(runId, dir) }]
  })
  return { strays, limits: strays.length ? MARK_LIMITS : [] }
}

const pause = new Int32Array(new SharedArrayBuffer(4))

/**
 * kill -9 every process of a run, in rounds until a look finds none (a process may start another meanwhile), then removes its folder.
 * Each process is compared with its start time right before the signal. Returns how many processes were ended. Synchronous, at most 2 s,
 * and 25 s more for a run that has containers.
 */
export function endRun(runId: string, dir: string): number {
  const ended = new Set<number>()
  const deadline = Date.now() + 2_000
  for (;;) {
    const found = findMarked(runId, dir)
    if (found.length === 0) break
    for (const { pid, birth } of found) {
      if (birthOf(pid) !== birth) continue
      try {
        process.kill(pid, 'SIGKILL')
        ended.add(pid)
      } catch {
        // Gone meanwhile, or not ours to end.
      }
    }
    if (Date.now() > deadline) break
    Atomics.wait(pause, 0, 0, 5)
  }
  endContainers(runId, dir)
  releaseSharedMemory(dir)
  rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
  return ended.size
}

/** A killed PostgreSQL leaves a System V memory segment of 56 bytes; line 7 of its lock file names it (key, id). Looks `depth` folders down. */
function releaseSharedMemory(dir: string, depth = 3): void {
  try {
    const id = readFileSync(join(dir, 'postmaster.pid'), 'utf8').split('\n')[6]?.trim().split(/\s+/)[1]
    if (id) execFileSync('ipcrm', ['-m', id], { stdio: 'ignore' })
  } catch {
    // No PostgreSQL here, or it went in order.
  }
  if (depth > 0) for (const folder of subfolders(dir)) releaseSharedMemory(folder, depth - 1)
}

function subfolders(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? [join(dir, entry.name)] : []))
  } catch {
    return []
  }
}

/** Ends exactly the strays that `findStrays` names. Cheap when there are none: run it at each start. */
export function sweep(): { runs: number; processes: number } {
  const { strays } = findStrays()
  return { runs: strays.length, processes: strays.reduce((sum, stray) => sum + endRun(stray.runId, stray.dir), 0) }
}
