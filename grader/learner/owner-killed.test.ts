import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { findMarked } from '../process/marked.ts'
import { HOSTILE } from './testing.ts'

const MOMENTS = 20

/** Programs of the run, and folders that its learner made in `tmp`. */
const left = (runId: string, root: string, tmp: string) => [
  ...findMarked(runId, join(root, 'workspace')).map(({ pid }) => `process ${pid}`),
  ...readdirSync(tmp).map(name => `folder ${name}`),
]

async function waitUntil(holds: () => boolean, within: number): Promise<boolean> {
  const deadline = performance.now() + within
  while (!holds()) {
    if (performance.now() > deadline) return false
    await delay(20)
  }
  return true
}

test(`kill -9 of the owner at ${MOMENTS} random moments leaves no program and no folder`, { timeout: 120_000 }, async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-owner-')))
  chmodSync(root, 0o755)
  cpSync(HOSTILE, join(root, 'workspace', 'hostile'), { recursive: true })
  const seen: number[] = []
  let owner: ChildProcess | undefined
  try {
    for (let moment = 0; moment < MOMENTS; moment++) {
      const runId = randomBytes(6).toString('hex')
      const tmp = join(root, `tmp-${moment}`)
      mkdirSync(tmp, { mode: 0o755 })
      owner = spawn(process.execPath, [join(import.meta.dirname, 'testing-owner.ts'), root, runId], {
        env: { PATH: process.env['PATH'], TMPDIR: tmp },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(owner.stdout!, 'data')
      const wait = Math.round(((moment + Math.random()) * 900) / MOMENTS)
      await delay(wait)
      seen.push(findMarked(runId, join(root, 'workspace')).length)
      owner.kill('SIGKILL')
      const gone = await waitUntil(() => left(runId, root, tmp).length === 0, 10_000)
      expect(gone ? [] : left(runId, root, tmp), `left 10 s after a kill -9 that came ${wait} ms after the start`).toEqual([])
    }
  } finally {
    owner?.kill('SIGKILL')
    rmSync(root, { recursive: true, force: true })
  }
  // Otherwise nothing was tested: most kills must have hit while programs ran.
  expect(seen.filter(count => count > 0).length, `programs at each kill: ${seen}`).toBeGreaterThan(MOMENTS / 2)
})

test('a shell that was never told to go ends with its owner', async () => {
  // The window between the start of a shell and the warden knowing it: the script must end on end-of-file, without starting the program.
  const { launchScript, DEFAULT_LIMITS } = await import('./limits.ts')
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-owner-')))
  const touched = join(root, 'started')
  const shell = spawn(
    '/bin/sh',
    ['-c', launchScript(DEFAULT_LIMITS, { ownUser: false, dataLimit: true }), 'sh', '/bin/sh', '-c', `echo > ${touched}`],
    {
      stdio: ['pipe', 'inherit', 'inherit'],
    },
  )
  shell.stdin.end()
  const [code] = await once(shell, 'exit')
  expect(code).toBe(0)
  expect(() => readFileSync(touched)).toThrow(/ENOENT/)
  rmSync(root, { recursive: true })
})
