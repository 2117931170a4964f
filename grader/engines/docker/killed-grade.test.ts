/** `grade` on containers, ended by kill -9 or Ctrl-C at any moment, leaves nothing in the engine 30 s later. MILLRACE_SOAK=50 for the long form. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { loadLabs } from '../../course/labs.ts'
import { repositoryRoot } from '../../course/root.ts'
import { askDocker, docker } from './client.ts'
import { HOME_LABEL } from './marks.ts'
import { hasEngine, hasImage, named } from './testing.ts'

const root = repositoryRoot()
const labs = loadLabs(root).flatMap(({ id, engines, kpis }) => {
  const chosen = engines.includes('embedded') ? kpis.filter(kpi => kpi.needs.includes('docker')) : kpis
  return engines.includes('docker') && chosen.length > 0 ? [{ id, kpis: chosen.map(kpi => kpi.id) }] : []
})
const rounds = Number(process.env['MILLRACE_SOAK'] ?? 4)
/** Milliseconds over which the moments are spread: from the first question to the engine to KPIs in the middle. */
const SPREAD = 15_000
// Runs of this test have a home of their own: what others grade on the same engine is neither seen nor ended.
const temp = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-kill-')))
const home = `${hostname()}:${join(temp, `millrace-${userInfo().uid}`, 'runs')}`
const ready = (await hasImage('nginx:1.26')) && (await hasImage('postgres:17'))

function grade(lab: (typeof labs)[number]): ChildProcess {
  const args = ['grade', lab.id, '--solution', '--engine', 'docker', '--json', '--kpi', lab.kpis.join(',')]
  return spawn(process.execPath, ['grader/cli.ts', ...args], {
    cwd: root,
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, TMPDIR: temp },
  })
}

/** Containers, networks, volumes and images of runs with this test's home. */
async function inEngine(): Promise<string[]> {
  const filter = ['--filter', `label=${HOME_LABEL}=${home}`]
  const lists = await Promise.all([
    docker(['ps', '--all', '--format', '{{.Names}}', ...filter]),
    docker(['network', 'ls', '--format', '{{.Name}}', ...filter]),
    docker(['volume', 'ls', '--format', '{{.Name}}', ...filter]),
    docker(['image', 'ls', '--format', '{{.Repository}}', '--filter', 'reference=mr*:run', ...filter]),
  ])
  return lists.flatMap(text => text.split('\n')).filter(Boolean)
}

describe.runIf(hasEngine && ready && labs.length > 0)(
  named('grades on containers', hasEngine && ready, hasEngine ? 'images of the labs are not here: pnpm images build' : undefined),
  () => {
    afterAll(async () => {
      const left = await docker(['ps', '--all', '--quiet', '--filter', `label=${HOME_LABEL}=${home}`])
      if (left) await askDocker(['rm', '--force', '--volumes', ...left.split('\n')])
      rmSync(temp, { recursive: true, force: true })
    })

    let began = 0
    test.each(Array.from({ length: rounds }, (_, i) => [i % 4 === 3 ? 'SIGINT' : 'SIGKILL', i] as const))(
      'round %#: %s',
      async (signal, round) => {
        const lab = labs[round % labs.length]!
        const child = grade(lab)
        const exited = new Promise<void>(resolve => child.once('exit', () => resolve()))
        const after = 300 + (SPREAD * ((round * 7 + 3) % rounds)) / rounds
        await Promise.race([exited, delay(after)])
        if ((await inEngine()).length > 0) began++
        // Ctrl-C reaches the whole foreground group; kill -9 only the process it names.
        if (child.exitCode === null) process.kill(signal === 'SIGINT' ? -child.pid! : child.pid!, signal)
        await exited
        const deadline = performance.now() + 30_000
        let left = await inEngine()
        while (left.length > 0 && performance.now() < deadline) {
          await delay(200)
          left = await inEngine()
        }
        expect(left, `left by lab ${lab.id}, ended after ${Math.round(after)} ms`).toEqual([])
        // The engine may still be making what a killed client asked for: nothing comes later either.
        await delay(500)
        expect(await inEngine(), `came later, lab ${lab.id}`).toEqual([])
      },
      90_000,
    )

    test('some of them were ended while they had something in the engine', () => {
      expect(began).toBeGreaterThan(0)
    })
  },
)
