import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { ServiceName } from '../../course/types.ts'
import { findMarked } from '../../process/marked.ts'
import { openRunDir } from '../../process/run.ts'
import { findBinaries, reachable, reachableBinaries, runAs } from '../../services/postgres/binaries.ts'
import { openValkey } from '../../services/valkey/fixture.ts'
import { startEmbedded } from './index.ts'

test('services start together and stop leaves nothing', async () => {
  const run = openRunDir()
  const engine = await startEmbedded(['valkey', 'postgres'], { runId: run.id, runDir: run.dir })
  expect(engine.endpoints.map(({ service, version }) => [service, /^(Valkey 9|PostgreSQL 18)/.test(version)])).toEqual([
    ['valkey', true],
    ['postgres', true],
  ])
  expect(await Promise.all(engine.services.map(service => service.healthy()))).toEqual([true, true])
  await engine.stop()
  expect(findMarked(run.id, run.dir)).toEqual([])
  expect(readdirSync(join(run.dir, 'services-1')).sort()).toEqual(['postgres.log', 'supervisor.log', 'valkey.log'])
  await expect(engine.ensureHealthy()).rejects.toThrow('stopped')
  await run.close()
})

test.each([
  ['that the engine does not have', 'none' as ServiceName],
  ['that needs another one', 'registry' as const],
])('a service %s is MR-E-042, and nothing of the others is left', async (_, service) => {
  const run = openRunDir()
  await expect(startEmbedded(['valkey', service], { runId: run.id, runDir: run.dir })).rejects.toThrow('MR-E-042')
  expect(findMarked(run.id, run.dir)).toEqual([])
  await run.close()
})

test('a port that was taken while the server was down is MR-E-040; afterwards it comes back', async () => {
  const run = openRunDir()
  const engine = await startEmbedded(['valkey'], { runId: run.id, runDir: run.dir })
  const valkey = await openValkey(engine.endpoints[0]!, 'taken')
  await valkey.kill()
  const thief = createServer(socket => socket.destroy()).listen(valkey.port, '127.0.0.1')
  await new Promise(resolve => thief.once('listening', resolve))
  await expect(valkey.start()).rejects.toThrow('MR-E-040')
  await new Promise(resolve => thief.close(resolve))
  await valkey.start()
  expect(await valkey.admin.ping()).toBe('PONG')
  await valkey.close()
  await engine.stop()
  await run.close()
})

test('many that find it dead at once bring it back once', async () => {
  const run = openRunDir()
  const engine = await startEmbedded(['valkey'], { runId: run.id, runDir: run.dir })
  process.kill(engine.endpoints[0]!.pid, 'SIGKILL')
  const fixtures = await Promise.all(['a', 'b', 'c'].map(kpi => openValkey(engine.endpoints[0]!, kpi)))
  for (const fixture of fixtures) expect(await fixture.admin.ping()).toBe('PONG')
  await Promise.all(fixtures.map(fixture => fixture.close()))
  await engine.stop()
  await run.close()
})

test('reset leaves no key, user, script or function and lets the clock run', async () => {
  const run = openRunDir()
  const engine = await startEmbedded(['valkey'], { runId: run.id, runDir: run.dir })
  const left = await openValkey(engine.endpoints[0]!, 'left')
  await left.admin.set(`${left.prefix}a`, 1)
  const sha = (await left.admin.script('LOAD', 'return 1')) as string
  await left.clock.freeze(1n)
  await engine.reset()
  expect(await left.admin.dbsize()).toBe(0)
  expect(await left.admin.call('ACL', 'USERS')).toEqual(['default'])
  expect(await left.admin.script('EXISTS', sha)).toEqual([0])
  expect(await left.clock.now()).toBeGreaterThan(1_000_000_000_000_000n)
  left.admin.disconnect()
  await engine.stop()
  await run.close()
})

test('a platform without programs is MR-E-042', () => {
  expect(() => findBinaries('plan9-mips')).toThrow(/MR-E-042.*plan9-mips/)
})

test('programs in a folder that only root can enter are run from a copy', () => {
  const found = findBinaries()
  const user = runAs()
  if (!user) return expect(reachableBinaries(found, user)).toBe(found)
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  chmodSync(home, 0o700)
  cpSync(join(dirname(found.postgres), '..'), join(home, 'native'), { recursive: true, verbatimSymlinks: true })
  const hidden = { ...found, postgres: join(home, 'native', 'bin', 'postgres'), version: `test-${process.pid}` }
  expect(reachable(hidden.postgres, user)).toBe(false)
  const copy = reachableBinaries(hidden, user)
  try {
    expect(execFileSync(copy.postgres, ['--version'], { ...user, encoding: 'utf8', cwd: '/' })).toContain('PostgreSQL')
  } finally {
    rmSync(join(dirname(copy.postgres), '..'), { recursive: true })
    rmSync(home, { recursive: true })
  }
})
