/** A ready-made data directory, kept in the user's cache: initdb takes most of a second, copying its result a fraction of that. */
import { execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheDir } from '../../process/places.ts'
import { type Binaries, moveInto, type RunAs } from './binaries.ts'

export const ADMIN = 'millrace'
/** The only database of a new cluster; the administrator's. KPIs' databases are made from template0. */
export const ADMIN_DATABASE = 'template1'

/** Small WAL segments: less to copy. The locale is PostgreSQL's own C.UTF-8, the same on every platform. */
const INITDB = [
  ...['--username', ADMIN, '--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--lc-messages=C', '--auth=scram-sha-256'],
  ...['--wal-segsize=1', '--no-data-checksums', '--no-sync', '--no-instructions'],
]
/** Passwords over loopback TCP, nothing else. No line for `replication`: that would be physical replication of the whole cluster. */
const HBA = 'host all all 127.0.0.1/32 scram-sha-256\n'
/** One database less to copy, and no KPI's role may enter the administrator's. */
const SHAPE = [`DROP DATABASE postgres;`, `REVOKE CONNECT ON DATABASE ${ADMIN_DATABASE} FROM PUBLIC;`]

const run = promisify(execFile)

/** A half-made template older than this was left by a process that died (milliseconds). */
const ABANDONED_AFTER = 3_600_000

/**
 * The template for these programs and options, made on first use. Two first runs at once each make one; the first to finish gives it
 * its name in one step and the other's is removed, so there is never a half-made one and no lock that a dead process could hold.
 */
export async function template(
  binaries: Binaries,
  user: RunAs | undefined,
  workDir: string,
  progress: (text: string) => void,
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify([binaries.version, INITDB, HBA, SHAPE, user])).digest('hex').slice(0, 12) // biome-ignore format: one line
  const shelf = join(cacheDir(), 'postgres')
  const place = join(shelf, `${binaries.version}-${process.arch}-${key}`)
  if (existsSync(place)) return place
  progress('Preparing PostgreSQL (the first time only)')
  // initdb works in the run's folder, which the unprivileged user can reach and which is removed if we die.
  const made = join(workDir, 'template')
  mkdirSync(made, { mode: 0o700 })
  if (user) chownSync(made, user.uid, user.gid)
  const secret = join(workDir, 'password')
  writeFileSync(secret, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 })
  if (user) chownSync(secret, user.uid, user.gid)
  try {
    await run(binaries.initdb, [...INITDB, `--pwfile=${secret}`, '-D', made], { ...user, cwd: made, env: { LC_ALL: 'C', TZ: 'UTC' } })
    writeFileSync(join(made, 'pg_hba.conf'), HBA)
    await singleUser(binaries, user, made, SHAPE)
    mkdirSync(shelf, { recursive: true })
    for (const name of readdirSync(shelf)) {
      const path = join(shelf, name)
      if (name.startsWith('.') && Date.now() - statSync(path).mtimeMs > ABANDONED_AFTER) rmSync(path, { recursive: true, force: true })
    }
    const making = mkdtempSync(join(shelf, '.'))
    await copyCluster(made, join(making, 'data'))
    moveInto(join(making, 'data'), place)
    rmSync(making, { recursive: true, force: true })
  } finally {
    rmSync(made, { recursive: true, force: true })
    rmSync(secret, { force: true })
  }
  return place
}

/** Copies a data directory with its owners and modes. Rejects with code ENOSPC when the disk is full. */
export async function copyCluster(from: string, to: string): Promise<void> {
  await run('cp', ['-Rp', from, to]).catch(error => {
    throw /no space left|quota/i.test(error.stderr) ? Object.assign(error, { code: 'ENOSPC' }) : error
  })
}

/** Runs SQL on a data directory with no server: PostgreSQL's single-user mode, about 30 ms. */
export function singleUser(binaries: Binaries, user: RunAs | undefined, dir: string, statements: string[]): Promise<void> {
  const args = [
    '--single',
    '-D',
    dir,
    '-c',
    'fsync=off',
    '-c',
    'shared_buffers=1MB',
    '-c',
    'dynamic_shared_memory_type=mmap',
    '-c',
    'exit_on_error=on',
  ]
  return new Promise((resolve, reject) => {
    const child = spawn(binaries.postgres, [...args, ADMIN_DATABASE], { ...user, cwd: dir, env: { LC_ALL: 'C', TZ: 'UTC' }, stdio: ['pipe', 'ignore', 'pipe'] }) // biome-ignore format: one line
    let said = ''
    child.stderr.on('data', data => (said += data))
    child.stdin.on('error', () => {})
    child.once('error', reject)
    child.once('exit', code => (code === 0 ? resolve() : reject(new Error(`postgres --single exited with ${code}: ${said.slice(-500)}`))))
    child.stdin.end(`${statements.join('\n')}\n`)
  })
}
