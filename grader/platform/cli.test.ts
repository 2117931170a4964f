/** `pnpm platform` from a terminal: what it says, and that nothing outlives it, whatever ends it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { repositoryRoot } from '../course/root.ts'
import { eventually } from '../kpi/eventually.ts'
import { findMarked } from '../process/marked.ts'

const root = repositoryRoot()
const temp = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-platform-')))
const runs = join(temp, `millrace-${userInfo().uid}`, 'runs')
const env = { ...process.env, TMPDIR: temp, MILLRACE_PLATFORM: join(temp, 'platform'), NO_COLOR: '1' }
chmodSync(temp, 0o711) // As root, PostgreSQL runs as another user, who must be able to pass.
afterAll(() => rmSync(temp, { recursive: true, force: true }))

interface Said {
  code: number
  out: string
  err: string
}

const platform = (...args: string[]): Promise<Said> =>
  new Promise(resolve => {
    execFile(process.execPath, ['grader/cli.ts', 'platform', ...args], { cwd: root, env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err })
    })
  })

/** Starts it in a process group of its own, as a terminal does. */
function up(...args: string[]): { child: ChildProcess; said: () => string; exited: Promise<number | NodeJS.Signals | null> } {
  const child = spawn(process.execPath, ['grader/cli.ts', 'platform', 'up', ...args], { cwd: root, env, detached: true })
  let text = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', chunk => (text += chunk))
  return { child, said: () => text, exited: new Promise(resolve => child.once('exit', (code, signal) => resolve(code ?? signal))) }
}

const runIds = () => (existsSync(runs) ? readdirSync(runs).filter(name => !name.startsWith('.')) : [])
const work = () => readdirSync(join(root, '.millrace', 'work'))

test('wrong use is named, with the nearest right one', async () => {
  expect(await platform('smoke')).toMatchObject({ code: 2, err: expect.stringContaining('MR-E-160') })
  expect(await platform('upp')).toMatchObject({ code: 2, err: expect.stringContaining('did you mean up') })
  expect(await platform('up', '--with', 'limitter')).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean limiter?') })
  expect(await platform('--help')).toMatchObject({
    code: 0,
    out: expect.stringContaining('pnpm platform up --with scheduler,limiter,chat'),
  })
}, 60_000)

test('up, smoke, status, logs, down', async () => {
  const { said, exited } = up('--with', 'limiter')
  await eventually('it is up', () => said().includes('up after'), { within: 100_000 })
  const [id = ''] = runIds()
  expect(await platform('up')).toMatchObject({ code: 2, err: expect.stringContaining('MR-E-162') })
  const smoke = await platform('smoke', '--json')
  expect(smoke.err).toBe('')
  expect(JSON.parse(smoke.out).hops.map(({ hop }: { hop: string }) => hop)).toContain('shipment at the partner API, then its limit')
  const status = JSON.parse((await platform('status', '--json')).out) as { hops: { id: string; ok: boolean }[] }
  expect(status.hops.filter(({ ok }) => !ok)).toEqual([])
  expect(status.hops.map(hop => hop.id)).not.toContain('chat')
  expect(await platform('logs', 'lake')).toMatchObject({ code: 0, out: expect.stringContaining('"what":"merged"') })
  expect(await platform('logs', 'lakes')).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean lake?') })
  expect(await platform('down')).toMatchObject({ code: 0, out: expect.stringContaining('nothing of it runs') })
  expect(await exited).toBe(143)
  await nothingOf([id])
}, 180_000)

test.each([
  ['SIGINT', 200],
  ['SIGKILL', 700],
  ['SIGKILL', 2_000],
] as const)(
  '%s %i ms after its first sign leaves nothing',
  async (signal, after) => {
    const { child, exited } = up('--with', 'all')
    const ids = new Set<string>()
    await eventually('it has begun', () => runIds().length > 0, { within: 30_000 })
    const until = performance.now() + after
    const come = () => {
      for (const id of runIds()) ids.add(id)
      return performance.now() > until
    }
    await eventually('the moment has come', come, { within: after + 1_000 })
    expect(child.exitCode, 'it still starts').toBe(null)
    // Ctrl-C reaches the whole foreground group; kill -9 only the process it names.
    process.kill(signal === 'SIGINT' ? -child.pid! : child.pid!, signal)
    expect(await exited).toBe(signal === 'SIGINT' ? 130 : 'SIGKILL')
    await nothingOf([...ids])
  },
  60_000,
)

async function nothingOf(ids: string[]): Promise<void> {
  expect(ids.length, 'a run was seen').toBeGreaterThan(0)
  const left = () => ({
    processes: ids.flatMap(id => findMarked(id, join(runs, id))).length,
    folders: runIds(),
    work: work().filter(name => ids.includes(name)),
  })
  await eventually('nothing is left', () => Object.values(left()).flat().join('') === '0', { within: 20_000, every: 100 }).catch(() => {})
  expect(left()).toEqual({ processes: 0, folders: [], work: [] })
}
