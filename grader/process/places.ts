/** Where this user's files of Millrace live outside the course folder. */
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { CodedError } from '../errors/coded-error.ts'

/** The user's cache folder for things that are expensive to make and can be deleted at any time. `MILLRACE_CACHE` overrides it. */
export function cacheDir(): string {
  if (process.env.MILLRACE_CACHE) return process.env.MILLRACE_CACHE
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, 'millrace')
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches', 'millrace') : join(homedir(), '.cache', 'millrace')
}

/**
 * The folder that holds one folder for each run in progress, made when missing. It is in the OS's temporary directory and not in the
 * user's home because, as root, PostgreSQL runs as another user who must be able to pass through (mode 711; 700 otherwise).
 * Throws MR-E-047 when somebody else owns it.
 */
export function runsDir(): string {
  const uid = userInfo().uid
  const mode = uid === 0 ? 0o711 : 0o700
  const top = join(realpathSync(tmpdir()), `millrace-${uid}`)
  const runs = join(top, 'runs')
  for (const path of [top, runs]) {
    try {
      mkdirSync(path, { mode })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new CodedError('MR-E-047', { path, message: (error as Error).message })
    }
    const found = lstatSync(path)
    if (!found.isDirectory() || found.uid !== uid) throw new CodedError('MR-E-047', { path, message: 'it belongs to somebody else' })
  }
  return runs
}
