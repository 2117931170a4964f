import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRunDir, type Run } from '../../process/run.ts'
import { docker } from './client.ts'
import { openProject } from './compose.ts'
import type { Prints } from './fingerprints.ts'
import { fingerprints } from './fingerprints.ts'
import { RUN_LABEL } from './marks.ts'
import { removeKpis } from './sweep.ts'
import { hasEngine, hasImage, named } from './testing.ts'
import { toStart, type WarmOptions, warmProject } from './warm.ts'

const IMAGE = 'debian:trixie-slim'
const ready = await hasImage(IMAGE)

const one = (print: string, needs: string[] = [], volumes: string[] = []) => ({ print, needs, volumes })
const prints = (services: Prints['services'], shared = ''): Prints => ({ shared, services })

test.each<[string, Prints, string[], string[], string[]]>([
  ['nothing changed: all stays', prints({ web: one('1'), db: one('1') }), [], [], []],
  ['a change starts all anew', prints({ web: one('2'), db: one('1') }), [], [], ['web', 'db']],
  ['what may stay does', prints({ web: one('2'), db: one('1') }), ['db'], [], ['web']],
  ['not when it changed itself', prints({ web: one('2'), db: one('2') }), ['db'], [], ['web', 'db']],
  ['not when somebody touched it', prints({ web: one('1'), db: one('1') }), ['db'], ['db'], ['web', 'db']],
  ['not when it needs what starts anew', prints({ web: one('2'), db: one('1', ['web']) }), ['db'], [], ['web', 'db']],
  ['not when they share a volume', prints({ web: one('2', [], ['v']), db: one('1', [], ['v']) }), ['db'], [], ['web', 'db']],
  ['not when networks changed', prints({ web: one('1'), db: one('1') }, 'other'), ['db'], [], ['web', 'db']],
])('%s', (_, now, stays, touched, expected) => {
  const before = { prints: prints({ web: one('1'), db: one('1') }), touched: new Set(touched) }
  expect([...toStart(now, before, stays)].sort()).toEqual([...expected].sort())
  expect(toStart(now, undefined, stays).size, 'nothing is up').toBe(2)
})

let top: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'millrace-warm-'))
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

test('a build counts by what is in its context, wherever that lies; a bind mount by its place', () => {
  const print = (dir: string, service: object) =>
    fingerprints({ name: 'x', services: { app: service } } as never, join(top, dir)).services['app']!
  for (const dir of ['a', 'b']) cpSync(import.meta.dirname, join(top, dir), { recursive: true })
  const build = (dir: string) => print(dir, { build: { context: join(top, dir) } }).print
  expect(build('a')).toBe(build('b'))
  writeFileSync(join(top, 'b', 'index.ts'), 'changed')
  expect(build('a')).not.toBe(build('b'))
  const bound = (dir: string) => print(dir, { image: 'x', volumes: [{ type: 'bind', source: join(top, dir), target: '/x' }] }).print
  expect(bound('a')).not.toBe(bound('b'))
  expect(print('a', { image: 'x', depends_on: { db: {} }, network_mode: 'service:net' }).needs).toEqual(['db', 'net'])
})

describe.runIf(hasEngine && ready)(
  named('with an engine', hasEngine && ready, hasEngine ? `${IMAGE} is not here: pnpm images build debian` : undefined),
  () => {
    let run: Run
    let laid = 0
    beforeEach(() => {
      run = openRunDir()
    })
    afterEach(async () => {
      await run.close()
      expect(await docker(['ps', '--all', '--quiet', '--filter', `label=${RUN_LABEL}=${run.id}`])).toBe('')
      expect(await docker(['volume', 'ls', '--quiet', '--filter', `label=${RUN_LABEL}=${run.id}`])).toBe('')
    })

    /** As a KPI of a new judgement sees it: the same files in a folder of their own. */
    const judged = async (web: string, options: WarmOptions = {}) => {
      const labDir = join(top, String(laid++))
      const idle = { image: IMAGE, init: true, command: ['sleep', '600'] }
      const services = { web: { ...idle, environment: { DEPOT: web }, ports: ['80'] }, db: { ...idle, volumes: ['rows:/rows'] } }
      cpSync(mkdtempSync(join(top, 'empty-')), labDir, { recursive: true })
      writeFileSync(join(labDir, 'compose.yaml'), JSON.stringify({ services, volumes: { rows: {} } }))
      const compose = { runId: run.id, runDir: run.dir, labDir, images: [IMAGE] }
      const project = await warmProject({ ...compose, ...options })
      project.events.close()
      const [webs, db] = [await project.container('web'), await project.container('db')]
      return { project, web: webs.id, db: db.id, port: project.port('web', 80), env: webs.raw.Config.Env, compose }
    }

    test('what did not change stays up over judgements; what was touched, or is not to stay, starts anew and empty', async () => {
      const first = await judged('Bergen')
      const same = await judged('Bergen')
      expect([same.web, same.db, same.port]).toEqual([first.web, first.db, first.port])

      await same.project.exec('db', ['sh', '-c', 'echo row > /rows/1'])
      const changed = await judged('Bodo', { stays: ['db'] })
      expect([changed.db, changed.env.includes('DEPOT=Bodo')]).toEqual([first.db, true])
      expect(changed.web).not.toBe(first.web)

      await docker(['kill', changed.web])
      const killed = await judged('Bodo', { stays: ['db'] })
      expect(killed.db).toBe(first.db)
      expect((await killed.project.container('web')).state).toBe('running')

      const all = await judged('Bergen')
      expect(all.db).not.toBe(first.db)
      expect((await all.project.exec('db', ['ls', '/rows'])).stdout).toBe('')
    }, 120_000)

    test('between two judgements the projects of KPIs go, the warm one stays', async () => {
      const warm = await judged('Bergen')
      const other = await openProject(warm.compose)
      await other.up()
      await removeKpis(run.id)
      expect([(await other.containers()).length, (await warm.project.containers()).length]).toEqual([0, 2])
      await other.close()
    }, 120_000)
  },
)
