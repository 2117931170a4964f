import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Control } from '../services/control.ts'
import { eachLine } from '../services/lines.ts'
import { openPostgres } from '../services/postgres/fixture.ts'
import type { ServiceEndpoint } from '../services/types.ts'
import { findMarked } from './marked.ts'
import { runsDir } from './places.ts'

const program = fileURLToPath(new URL('testing/owner.ts', import.meta.url))

interface OwnerNews {
  id?: string
  dir?: string
  endpoints?: ServiceEndpoint[]
}

function startOwner(...services: string[]) {
  const child = spawn(process.execPath, ['--no-warnings', program, ...services], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: OwnerNews = {}
  eachLine(child.stdout, line => Object.assign(said, JSON.parse(line)))
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()))
  return { child, said, gone }
}

/** Shared memory segments of PostgreSQL that nobody is attached to (Linux). */
const orphanedSegments = () =>
  existsSync('/proc/sysvipc/shm')
    ? readFileSync('/proc/sysvipc/shm', 'utf8')
        .split('\n')
        .slice(1)
        .map(line => line.trim().split(/\s+/))
        .filter(fields => fields[3] === '56' && fields[6] === '0').length
    : 0

async function nothingLeft({ said }: { said: OwnerNews }, pid: number): Promise<void> {
  const left = () => ({
    processes: said.id ? findMarked(said.id, said.dir!).map(found => found.pid) : [],
    folder: said.dir ? existsSync(said.dir) : false,
    owned: readdirSync(runsDir()).filter(name => {
      const file = join(runsDir(), name, 'owner.json')
      return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).pid === pid
    }),
  })
  await expect.poll(left, { timeout: 10_000 }).toEqual({ processes: [], folder: false, owned: [] })
}

// Moments spread over the start (which takes about half a second) and a little after it; a different draw within its slot each time.
const moments = Array.from({ length: 20 }, (_, slot) => Math.round((slot + Math.random()) * 45))

test.each(moments)('kill -9 of the owner after %i ms leaves no process, folder or shared memory', async after => {
  const segments = orphanedSegments()
  const owner = startOwner('valkey', 'postgres')
  await new Promise(resolve => setTimeout(resolve, after))
  owner.child.kill('SIGKILL')
  await owner.gone
  await nothingLeft(owner, owner.child.pid!)
  expect(orphanedSegments()).toBeLessThanOrEqual(segments)
})

test('a backend that is busy without end goes with its owner', async () => {
  const owner = startOwner('postgres')
  await expect.poll(() => owner.said.endpoints, { timeout: 20_000 }).toBeDefined()
  const postgres = await openPostgres(owner.said.endpoints![0]!, 'busy')
  const { default: pg } = await import('pg')
  const client = new pg.Client(postgres.url)
  client.on('error', () => {})
  await client.connect()
  const busy = client.query('DO $$ BEGIN LOOP END LOOP; END $$').catch(error => error)
  await expect
    .poll(async () => (await postgres.admin.query("SELECT FROM pg_stat_activity WHERE query LIKE 'DO%' AND state = 'active'")).rowCount)
    .toBe(1)
  owner.child.kill('SIGKILL')
  await nothingLeft(owner, owner.child.pid!)
  expect(await busy).toBeInstanceOf(Error)
  await postgres.admin.end()
})

test('a paused server and a stopped supervisor go with their owner', async () => {
  const owner = startOwner('valkey')
  await expect.poll(() => owner.said.endpoints, { timeout: 20_000 }).toBeDefined()
  const control = new Control(owner.said.endpoints![0]!)
  await control.ask('pause')
  control.close()
  for (const { pid } of findMarked(owner.said.id!, owner.said.dir!)) process.kill(pid, 'SIGSTOP')
  owner.child.kill('SIGKILL')
  await nothingLeft(owner, owner.child.pid!)
})
