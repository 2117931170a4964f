import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { birthOf } from './birth.ts'
import { spawnGuarded } from './guarded.ts'
import { findMarked, RUN_MARK } from './marked.ts'
import { runsDir } from './places.ts'
import { freePort } from './ports.ts'
import { openRunDir } from './run.ts'
import { findStrays, sweep } from './strays.ts'
import { warden } from './warden.ts'

const started: number[] = []
/** A process in a group of its own that ignores polite signals. */
function stubborn(env: Record<string, string> = {}): number {
  const child = spawn('sh', ['-c', 'trap "" TERM INT HUP; while :; do sleep 1; done'], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, ...env },
  })
  started.push(child.pid!)
  return child.pid!
}
afterEach(() => {
  for (const pid of started.splice(0)) {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {}
  }
})
const alive = (pid: number) => birthOf(pid) !== null

test('freePort gives a port that can be bound', async () => {
  const port = await freePort()
  const server = createServer().listen(port, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  await new Promise(resolve => connect(port, '127.0.0.1', () => resolve(server.close())))
})

test('birthOf tells a process from none, and is the same each time', () => {
  expect(birthOf(process.pid)).toBe(birthOf(process.pid))
  expect(birthOf(process.pid)).toMatch(/\d/)
  expect(birthOf(2 ** 22 + 1)).toBeNull()
})

test('a warden ends what it knows with its whole group, spares what was dropped, removes folders', async () => {
  const guard = warden()
  const [known, dropped] = [stubborn(), stubborn()]
  const dir = mkdtempSync(join(tmpdir(), 'warden it\'s "a" test '))
  writeFileSync(join(dir, 'file'), '')
  guard.add(known)
  guard.add(dropped)
  guard.drop(dropped)
  guard.dir(dir)
  await guard.close()
  await expect.poll(() => alive(known)).toBe(false)
  expect(alive(dropped)).toBe(true)
  expect(existsSync(dir)).toBe(false)
})

test('a warden ends the rest of a group whose leader is gone', async () => {
  const guard = warden()
  const leader = spawn('sh', ['-c', 'sleep 600 & echo $!; read -r line'], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] })
  started.push(leader.pid!)
  guard.add(leader.pid!)
  const member = Number(await new Promise<string>(resolve => leader.stdout.once('data', data => resolve(String(data)))))
  await new Promise(resolve => leader.once('exit', resolve) && leader.stdin.end('\n'))
  expect(alive(member)).toBe(true)
  await guard.close()
  await expect.poll(() => alive(member)).toBe(false)
})

test('a warden does not touch a process that was given the pid of one it knew', async () => {
  const victim = stubborn()
  // The same words as warden.sh hears, with a start time in the past: as if the pid had been used again since.
  const script = new URL('warden.sh', import.meta.url).pathname
  const text = execFileSync('sed', [`s/known="\\$known \\$first:/known="$known $first:KILL:12345"; : "/`, script], { encoding: 'utf8' })
  expect(text).toContain('KILL:12345')
  execFileSync('sh', ['-c', text, 'sh', 'node', 'none'], { input: `add ${victim}\n` })
  expect(alive(victim)).toBe(true)
})

test('a warden ignores Ctrl-C, hang-up and SIGTERM', async () => {
  const guard = warden()
  const known = stubborn()
  guard.add(known)
  await expect.poll(() => execFileSync('ps', ['-o', 'args=', '-p', String(guard.pid)], { encoding: 'utf8' })).toContain('warden.sh')
  await new Promise(resolve => setTimeout(resolve, 20))
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.kill(guard.pid, signal)
  expect(alive(known)).toBe(true)
  await guard.close()
  await expect.poll(() => alive(known)).toBe(false)
})

test('a guarded program is the pid that was added, and exits when it was never let go', async () => {
  const guard = warden()
  const child = spawnGuarded(guard, 'sh', ['-c', 'echo $$ "$1"; exec sleep 600', 'sh', 'an argument'], { env: { PATH: process.env.PATH } })
  const said = String(await new Promise(resolve => child.stdout!.once('data', resolve)))
  expect(said).toBe(`${child.pid} an argument\n`)
  await guard.close()
  await expect.poll(() => alive(child.pid!)).toBe(false)
})

test("findMarked finds a run's processes and those that descend from them", async () => {
  const pid = stubborn({ [RUN_MARK]: 'test-marked' })
  await expect.poll(() => findMarked('test-marked', '/nowhere').map(found => found.pid)).toContain(pid)
  expect(findMarked('test-marke', '/nowhere')).toEqual([])
})

test('sweep ends exactly the runs whose owner is gone', async () => {
  const mine = openRunDir()
  const kept = stubborn({ [RUN_MARK]: mine.id })
  const id = `dead${process.pid}`
  const dir = join(runsDir(), id)
  mkdirSync(dir)
  writeFileSync(join(dir, 'owner.json'), JSON.stringify({ runId: id, pid: process.pid, birth: 'long ago', startedAt: '' }))
  const [stray, hidden] = [
    stubborn({ [RUN_MARK]: id }),
    spawn('sleep', ['600'], { cwd: dir, detached: true, stdio: 'ignore', env: {} }).pid!,
  ]
  started.push(hidden)
  await expect
    .poll(() =>
      findStrays()
        .strays.find(found => found.runId === id)
        ?.processes.map(found => found.pid),
    )
    .toEqual(expect.arrayContaining([stray, hidden]))
  expect(sweep().processes).toBeGreaterThanOrEqual(2)
  expect([alive(stray), alive(hidden), existsSync(dir)]).toEqual([false, false, false])
  expect([alive(kept), existsSync(mine.dir)]).toEqual([true, true])
  await mine.close()
  expect([alive(kept), existsSync(mine.dir)]).toEqual([false, false])
  expect(readdirSync(runsDir())).not.toContain(mine.id)
})
