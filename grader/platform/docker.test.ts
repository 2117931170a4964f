/** The platform on containers, where an engine and the images are: it comes up, survives, keeps its data, and leaves nothing after reset. */
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { repositoryRoot } from '../course/root.ts'
import { docker } from '../engines/docker/client.ts'
import { hasEngine, hasImage, named } from '../engines/docker/testing.ts'
import { eventually } from '../kpi/eventually.ts'
import { projectName } from './docker.ts'
import { settingsFile } from './settings.ts'
import { smoke } from './smoke/index.ts'
import { requireState } from './state.ts'

const IMAGES = ['postgres:17', 'apache/kafka:4.3.1', 'apicurio/apicurio-registry:3.3.3', 'quay.io/debezium/connect:3.7.0.Final', 'quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z', 'valkey/valkey:8.1', 'node:24-slim'] // biome-ignore format: one line
const missing = hasEngine ? (await Promise.all(IMAGES.map(async image => ((await hasImage(image)) ? [] : [image])))).flat() : IMAGES
const ready = hasEngine && missing.length === 0
const why = hasEngine ? `${missing.join(', ')}: not here` : undefined

const root = repositoryRoot()
const dir = mkdtempSync(join(tmpdir(), 'millrace-platform-'))
chmodSync(dir, 0o755) // Containers mount from it.
process.env['MILLRACE_PLATFORM'] = dir
const project = projectName(root)

const platform = (...args: string[]): Promise<{ code: number; text: string }> =>
  new Promise(resolve => {
    execFile(
      process.execPath,
      ['grader/cli.ts', 'platform', ...args],
      { cwd: root, env: { ...process.env, NO_COLOR: '1' } },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, text: out + err }),
    )
  })
/** A command that failed shows what it printed. */
const done = ({ code, text }: { code: number; text: string }) => expect(code, text).toBe(0)
const of = (what: string, ...args: string[]) =>
  docker([what, ...args, '--quiet', '--filter', `label=com.docker.compose.project=${project}`])
const left = async () => ({ containers: await of('ps', '--all'), volumes: await of('volume', 'ls'), networks: await of('network', 'ls') })

describe.runIf(ready)(named('on containers', ready, why), () => {
  afterAll(async () => {
    if (existsSync(settingsFile(root))) await platform('reset', '--engine', 'docker')
    rmSync(dir, { recursive: true, force: true })
  }, 180_000)

  test('up: every part is healthy, and a marked change passes every hop', async () => {
    expect(await platform('up', '--engine', 'docker', '--with', 'all')).toMatchObject({
      code: 0,
      text: expect.stringContaining('up after'),
    })
    expect(statSync(settingsFile(root)).mode & 0o077, 'the settings hold secrets').toBe(0)
    const { hops } = await smoke(requireState(root), { withinMs: 120_000 })
    expect(hops.map(({ hop }) => hop)).toContain('the same rows after compaction')
    done(await platform('status'))
    expect(await platform('logs', 'lake')).toMatchObject({ code: 0, text: expect.stringContaining('"what":"merged"') })
  }, 900_000)

  test('whatever is killed comes back, and the next change passes every hop', async () => {
    for (const service of ['kafka', 'postgres', 'connect', 'registry', 'object-store', 'lake', 'rules', 'shipments']) {
      const pid = await docker(['inspect', '--format', '{{.State.Pid}}', `${project}-${service}-1`])
      process.kill(Number(pid), 'SIGKILL')
    }
    await smoke(requireState(root), { withinMs: 180_000 })
  }, 600_000)

  test('down keeps the data, reset keeps nothing', async () => {
    const count = async () => {
      const client = new Client({ connectionString: requireState(root).access.databaseUrl })
      await client.connect()
      const { rows } = await client.query('SELECT count(*)::int AS readings FROM readings')
      await client.end()
      return rows[0].readings as number
    }
    const before = await count()
    const secrets = readFileSync(settingsFile(root), 'utf8')
    done(await platform('down'))
    expect(await left()).toMatchObject({ containers: '', networks: '' })
    done(await platform('up', '--engine', 'docker'))
    expect(readFileSync(settingsFile(root), 'utf8')).toBe(secrets)
    expect(await count()).toBe(before)
    await smoke(requireState(root), { withinMs: 120_000 })
    done(await platform('reset'))
    await eventually('nothing is left', async () => Object.values(await left()).join('') === '', { within: 20_000 })
    expect(existsSync(settingsFile(root))).toBe(false)
  }, 900_000)
})
