/** `grade` ended by Ctrl-C or kill -9 at any moment leaves no process and no folder. MILLRACE_SOAK=100 for the long form. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { loadLabs } from '../course/labs.ts'
import { repositoryRoot } from '../course/root.ts'
import { findMarked } from '../process/marked.ts'

const root = repositoryRoot()
const lab = loadLabs(root).find(candidate => candidate.engines.includes('embedded'))!
const rounds = Number(process.env['MILLRACE_SOAK'] ?? 6)
const temp = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-kill-')))
const runs = join(temp, `millrace-${userInfo().uid}`, 'runs')
const list = (dir: string) => (existsSync(dir) ? readdirSync(dir).filter(name => !name.startsWith('.')) : [])
afterAll(() => rmSync(temp, { recursive: true, force: true }))

function grade(): ChildProcess {
  return spawn(process.execPath, ['grader/cli.ts', 'grade', lab.id, '--solution', '--json'], {
    cwd: root,
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, TMPDIR: temp },
  })
}

/** Look until nothing of these runs is left; the last look is what the test judges. */
async function leftovers(ids: ReadonlySet<string>, within: number): Promise<{ processes: number; folders: string[]; work: string[] }> {
  const deadline = performance.now() + within
  for (;;) {
    const processes = [...ids].flatMap(id => findMarked(id, join(runs, id))).length
    const work = list(join(root, '.millrace', 'work')).filter(name => ids.has(name))
    const left = { processes, folders: list(runs), work }
    if ((processes === 0 && left.folders.length === 0 && work.length === 0) || performance.now() > deadline) return left
    await delay(50)
  }
}

test.each(Array.from({ length: rounds }, (_, i) => [i % 2 === 0 ? 'SIGKILL' : 'SIGINT', i] as const))(
  'round %#: %s',
  async (signal, round) => {
    const child = grade()
    const exited = new Promise<void>(resolve => child.once('exit', () => resolve()))
    const ids = new Set<string>()
    // From the very start to the middle of the KPIs, spread evenly over the rounds.
    const until = performance.now() + 150 + (4000 * ((round * 7) % rounds)) / rounds
    while (performance.now() < until && child.exitCode === null) {
      for (const id of list(runs)) ids.add(id)
      await delay(20)
    }
    // Ctrl-C reaches the whole foreground group; kill -9 only the process it names.
    if (child.exitCode === null) process.kill(signal === 'SIGINT' ? -child.pid! : child.pid!, signal)
    for (const id of list(runs)) ids.add(id)
    await exited
    expect(await leftovers(ids, 20_000)).toEqual({ processes: 0, folders: [], work: [] })
  },
  60_000,
)
