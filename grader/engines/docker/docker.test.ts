import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runNemesis } from '../../experiments/nemesis.ts'
import { openRunDir, type Run } from '../../process/run.ts'
import { askDocker, docker } from './client.ts'
import { openProject } from './compose.ts'
import { HOME_LABEL, home, RUN_LABEL } from './marks.ts'
import { crashContainer, disconnectContainer, killContainer, pauseContainer, stopContainer } from './nemesis.ts'
import type { ComposeProject } from './project.ts'
import { deadRuns, sweepContainers } from './sweep.ts'
import { hasEngine, hasImage, named } from './testing.ts'

const IMAGE = 'debian:trixie-slim'
const ready = await hasImage(IMAGE)
const top = mkdtempSync(join(tmpdir(), 'millrace-compose-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
let folders = 0

/** A lab folder with a compose.yaml. */
function lab(compose: unknown, files: Record<string, string> = {}): string {
  const dir = mkdtempSync(join(top, `${folders++}-`))
  for (const [name, text] of Object.entries({ 'compose.yaml': JSON.stringify(compose), ...files })) writeFileSync(join(dir, name), text)
  return dir
}

const idle = { image: IMAGE, init: true, command: ['sleep', '600'] }
const leftOf = async (runId: string): Promise<string[]> => {
  const filter = ['--filter', `label=${RUN_LABEL}=${runId}`]
  const found = await Promise.all([
    docker(['ps', '--all', '--quiet', ...filter]),
    docker(['network', 'ls', '--quiet', ...filter]),
    docker(['volume', 'ls', '--quiet', ...filter]),
    docker(['image', 'ls', '--quiet', '--filter', `reference=mr${runId}-*:run`]),
  ])
  return found.filter(text => text !== '')
}

describe.runIf(hasEngine && ready)(
  named('with an engine', hasEngine && ready, hasEngine ? `${IMAGE} is not here: pnpm images build debian` : undefined),
  { timeout: 120_000 }, // A busy engine takes seconds for each container; what is to be fast is measured by deadlines in the tests.
  () => {
    let run: Run
    const open: ComposeProject[] = []
    const project = async (labDir: string, more: Partial<Parameters<typeof openProject>[0]> = {}) => {
      const opened = await openProject({ runId: run.id, runDir: run.dir, labDir, images: [IMAGE], ...more })
      open.push(opened)
      return opened
    }
    beforeEach(() => {
      run = openRunDir()
    })
    afterEach(async () => {
      await Promise.all(open.splice(0).map(each => each.close()))
      await run.close()
      expect(await leftOf(run.id)).toEqual([])
    })

    test('two projects of the same lab side by side, each with its own ports, names, volumes and limits; nothing is left', async () => {
      const labDir = lab({
        services: {
          web: { ...idle, container_name: 'web', ports: ['8080:80', '9000'], mem_limit: '64m' },
          db: { ...idle, deploy: { resources: { limits: { memory: '8g' } } }, volumes: ['data:/data', './:/lab:ro'] },
        },
        volumes: { data: { name: 'data' } },
        networks: { default: { name: 'shared' } },
      })
      const [one, two] = await Promise.all([project(labDir), project(labDir)])
      await Promise.all([one.up(), two.up()])
      const [web, other] = await Promise.all([one.container('web'), two.container('web')])
      expect([web.state, other.state]).toEqual(['running', 'running'])
      expect(web.raw.HostConfig.Memory).toBe(64 * 2 ** 20)
      expect((await one.container('db')).raw.HostConfig.Memory).toBe(1536 * 2 ** 20)
      const published = [web, other].flatMap(({ raw }) => Object.values(raw.NetworkSettings.Ports).flatMap(list => list ?? []))
      expect(published).toHaveLength(4)
      expect(new Set(published.map(({ HostIp }) => HostIp))).toEqual(new Set(['127.0.0.1']))
      expect(new Set(published.map(({ HostPort }) => HostPort)).size).toBe(4)
      expect(one.port('web', 80)).not.toBe(two.port('web', 80))
      expect(web.networks[0]?.name).not.toBe(other.networks[0]?.name)
      expect((await one.exec('db', ['sh', '-c', 'echo mine > /data/x; cat /lab/compose.yaml'])).stdout).toContain('container_name')
      expect((await two.exec('db', ['ls', '/data'])).stdout).toBe('')
      await one.close()
      expect((await two.container('web')).state).toBe('running')
    })

    test('ready means healthy; what ended with 0 is done; what ended otherwise, or does not get healthy, is told with its log', async () => {
      const healthy = await project(
        lab({
          services: {
            slow: {
              ...idle,
              command: ['sh', '-c', 'sleep 0.5; touch /ok; exec sleep 600'],
              healthcheck: { test: 'test -e /ok', interval: '200ms', retries: 50 },
            },
            migrate: { image: IMAGE, command: ['true'] },
          },
        }),
      )
      await healthy.up()
      expect((await healthy.container('slow')).health).toBe('healthy')
      expect((await healthy.container('migrate')).exitCode).toBe(0)

      const broken = await project(lab({ services: { app: { image: IMAGE, command: ['sh', '-c', 'echo no database; exit 3'] } } }))
      await expect(broken.up()).rejects.toMatchObject({
        code: 'MR-E-114',
        errorTitle: expect.stringContaining('exit code 3'),
        errorCause: expect.stringContaining('no database'),
      })
      const never = await project(
        lab({ services: { app: { ...idle, healthcheck: { test: 'echo still cold; false', interval: '200ms', retries: 100 } } } }),
      )
      await expect(never.up({ within: 12_000 })).rejects.toMatchObject({
        code: 'MR-E-115',
        errorCause: expect.stringContaining('still cold'),
      })
    })

    test("the project's own build runs under a name of its own", async () => {
      const labDir = lab(
        { services: { app: { build: '.', image: 'mine:1' }, worker: { image: 'mine:1', depends_on: ['app'] } } },
        {
          Dockerfile: `FROM ${IMAGE}\nCOPY compose.yaml /here\nCMD ["sleep", "600"]\n`,
        },
      )
      const built = await project(labDir)
      await built.up()
      const [app, worker] = [await built.container('app'), await built.container('worker')]
      expect(app.imageId).toBe(worker.imageId)
      expect((await built.exec('worker', ['cat', '/here'])).stdout).toContain('mine:1')
      expect((await askDocker(['image', 'inspect', 'mine:1'])).code).not.toBe(0)
    })

    test('a refused project starts nothing; a file that changes while it runs is checked again', async () => {
      await expect(project(lab({ services: { app: { ...idle, privileged: true } } }))).rejects.toMatchObject({
        code: 'MR-E-100',
        facts: { file: 'compose.yaml' },
      })
      await expect(
        project(lab({ services: { app: { ...idle, image: 'postgres:17.99' } } }), { images: [IMAGE, 'postgres:17.99'] }),
      ).rejects.toMatchObject({ code: 'MR-E-122' })
      const labDir = lab({ services: { app: idle } })
      const turned = await project(labDir)
      await turned.up()
      writeFileSync(join(labDir, 'compose.yaml'), JSON.stringify({ services: { app: { ...idle, pid: 'host' } } }))
      await expect(turned.up()).rejects.toMatchObject({ code: 'MR-E-101' })
    })

    test('faults take effect, are healed, and are on the timeline of the engine', async () => {
      const events: { lane: string; label: string; at: number }[] = []
      const timeline = {
        now: () => performance.now(),
        add: (event: never) => void events.push(event),
        mark: () => {},
        op: async (_: string, __: string, work: () => unknown) => work(),
      }
      const one = await project(
        lab({
          services: {
            app: { ...idle, restart: 'always', init: false, networks: { back: { aliases: ['other-name'] } } },
            peer: { ...idle, networks: ['back'] },
          },
          networks: { back: {} },
        }),
        { timeline: timeline as never },
      )
      await one.up()
      const state = async () => (await one.container('app')).state
      const during = async (fault: Parameters<typeof runNemesis>[1][number], look: () => Promise<unknown>) => {
        const heal = await fault.inject()
        const seen = await look()
        await heal?.()
        return seen
      }
      expect(await during(pauseContainer(one, 'app'), state)).toBe('paused')
      expect(await during(killContainer(one, 'app'), state)).toBe('exited')
      expect(await during(stopContainer(one, 'app', 0), state)).toBe('exited')
      const resolves = async () => (await one.exec('peer', ['getent', 'hosts', 'other-name'])).code === 0
      expect([await resolves(), await during(disconnectContainer(one, 'app', 'back'), resolves), await resolves()]).toEqual([
        true,
        false,
        true,
      ])
      const before = await one.container('app')
      const report = await runNemesis([{ at: 0, lasts: 0, fault: 'crash app' }], [crashContainer(one, 'app', IMAGE)])
      const after = await one.container('app')
      expect([report.effective, after.state, after.restarts - before.restarts, after.pid !== before.pid]).toEqual([1, 'running', 1, true])
      expect(await killContainer(one, 'nobody').inject()).toBe(null)
      await expect
        .poll(() => events.map(({ lane, label }) => `${lane} ${label}`))
        .toEqual(expect.arrayContaining(['app pause', 'app unpause', 'app die', 'app network disconnect back', 'app network connect back']))
      const at = events.map(event => event.at)
      expect(Math.min(...at), 'times are those of the run').toBeGreaterThan(0)
      expect(Math.max(...at)).toBeLessThanOrEqual(performance.now() + 1)
    })

    test('a published port leads to the service, from this machine only', async () => {
      const peer = createServer((_, response) => response.end('host')).listen(0)
      const script =
        'exec perl -MIO::Socket::INET -e \'$s=IO::Socket::INET->new(LocalPort=>80,Listen=>5,ReuseAddr=>1);while($c=$s->accept){<$c>;print $c "HTTP/1.0 200 OK\\r\\n\\r\\nserved";close $c}\''
      const web = await project(
        lab({ services: { web: { image: IMAGE, command: ['sh', '-c', script.replaceAll('$', '$$$$')], ports: ['80'] } } }),
      )
      await web.up()
      const get = async () => (await fetch(`http://127.0.0.1:${web.port('web', 80)}/`)).text()
      await expect.poll(get).toBe('served')
      await docker(['restart', '--time', '0', (await web.container('web')).id])
      await expect.poll(get, { message: 'the same port after a restart' }).toBe('served')
      peer.close()
    })

    test('kill -9 of the grader: its warden removes everything within 30 s, also volumes that nobody named and no container has any more', async () => {
      const labDir = lab({
        services: { app: { ...idle, volumes: ['data:/data'] }, gone: { ...idle, volumes: ['/scratch'] } },
        volumes: { data: {} },
      })
      const program = new URL('testing-owner.ts', import.meta.url).pathname
      const owner = spawn(process.execPath, [program, labDir, IMAGE], { stdio: ['ignore', 'pipe', 'inherit'] })
      const said = await new Promise<string>(resolve => owner.stdout.once('data', data => resolve(String(data).trim())))
      const [runId = '', volume = ''] = said.split(' ')
      const volumeLeft = async () => (await askDocker(['volume', 'inspect', volume])).code === 0
      expect(await volumeLeft(), 'the anonymous volume outlives its container').toBe(true)
      expect(await leftOf(runId)).toHaveLength(3)
      owner.kill('SIGKILL')
      await expect
        .poll(async () => [...(await leftOf(runId)), ...((await volumeLeft()) ? [volume] : [])], { timeout: 28_000, interval: 200 })
        .toEqual([])
    })

    test('what a dead run left without a warden is found by its label, what lives and what is not ours stays', async () => {
      const mine = await project(lab({ services: { app: idle } }))
      await mine.up()
      const dead = 'dead00000001'
      const label = (pairs: Record<string, string>) => Object.entries(pairs).flatMap(([key, value]) => ['--label', `${key}=${value}`])
      const left = await docker(['create', ...label({ [RUN_LABEL]: dead, [HOME_LABEL]: home() }), IMAGE, 'true'])
      const volume = await docker(['volume', 'create', ...label({ [RUN_LABEL]: dead, [HOME_LABEL]: home() })])
      const foreign = await docker(['create', ...label({ [RUN_LABEL]: dead, [HOME_LABEL]: 'elsewhere:/x' }), IMAGE, 'true'])
      try {
        // Any grader on this machine may sweep at the same moment: what counts is what is left, not who removed it.
        await sweepContainers()
        expect((await askDocker(['inspect', left])).code, 'the container of the dead run').not.toBe(0)
        expect((await askDocker(['volume', 'inspect', volume])).code, 'its volume').not.toBe(0)
        expect(await deadRuns()).not.toContain(dead)
        expect((await mine.container('app')).state).toBe('running')
        expect((await askDocker(['inspect', foreign])).code, 'another machine’s run is not ours to end').toBe(0)
      } finally {
        await docker(['rm', '--force', foreign])
      }
    })
  },
)
