/** What this platform can hold a program to, found by trying it, not by its name. */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { GUARD } from './command.ts'

let dataLimit: boolean | undefined

/** Whether the kernel enforces `ulimit -d`: a shell with 64 KB of data cannot even start where it does. About 3 ms, once. */
export const enforcesDataLimit = (): boolean => {
  dataLimit ??= spawnSync('/bin/sh', ['-c', 'ulimit -d 64 && exec /bin/sh -c "exit 0"'], { stdio: 'ignore' }).status !== 0
  return dataLimit
}

/** The user a program runs as: an id that belongs to nobody else, so that the kernel refuses its signals to anyone but itself. */
export interface OwnUser {
  uid: number
  gid: number
}

/** Ids from here on; below systemd's dynamic users and above people, and inside what a rootless container maps. */
const FIRST_UID = 40_000
const UIDS = 20_000

/**
 * A user id for the programs of this worker when the grader is root and that user can reach all `paths`; else undefined.
 * One for all programs of a learner, because they may share files with their own earlier lives.
 */
export const ownUserFor = (paths: string[]): OwnUser | undefined => {
  if (process.getuid?.() !== 0) return
  const id = FIRST_UID + (process.pid % UIDS)
  // No shell here may read what the paths say: they are arguments.
  const script = 'for p do test -r "$p" || exit 1; test ! -d "$p" || test -x "$p" || exit 1; done'
  const probe = spawnSync('/bin/sh', ['-c', script, 'sh', process.execPath, ...paths], { uid: id, gid: id, stdio: 'ignore', cwd: '/' })
  return probe.status === 0 ? { uid: id, gid: id } : undefined
}

/**
 * Limits that this platform cannot enforce, each to be read after "not enforced on this platform:"; none on most Linux machines. `paths`: what programs must reach,
 * default the node binary and what runs before each program. Takes a few milliseconds the first time.
 */
export const unenforcedLimits = (paths: string[] = [GUARD]): string[] => {
  const out: string[] = []
  if (!enforcesDataLimit()) {
    out.push("a program's memory is not limited by the system; the grader looks four times a second and ends a program that is over")
  }
  if (process.getuid?.() === 0 && !ownUserFor(paths.map(path => resolve(path)))) {
    out.push(
      "programs have no user id of their own, because you are root and this folder is closed to other users: Node's permission model alone holds them back (move the clone out of /root, or work as a normal user)",
    )
  }
  return out
}
