import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findingLines } from '../commands/checkup.ts'
import type { KitImage } from '../images/manifest.ts'
import type { ImageState } from '../images/state.ts'
import { RUN_MARK } from '../process/marked.ts'
import { runsDir } from '../process/places.ts'
import { createTerminal } from '../ui/terminal.ts'
import { checkContainers, checkImages } from './containers.ts'
import { checkDocker } from './docker.ts'
import { checkCaches, checkStrays, checkWorkspaces, folderSize } from './leftovers.ts'
import { checkDisk, checkMemory, checkNode, checkOpenFiles, checkPlatform, checkPorts } from './machine.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-checkup-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const levels = (findings: { id: string; level: string }[]): string[] => findings.map(({ id, level }) => `${id} ${level}`)

test('Node, memory, disk, files and ports of other machines', async () => {
  expect(['v20.11.0', 'v24.0.0', 'v26.1.0'].map(version => checkNode(version).level)).toEqual(['problem', 'ok', 'ok'])
  expect([0.3e9, 1e9, 8e9].map(available => checkMemory(available, 0).level)).toEqual(['problem', 'note', 'ok'])
  expect(checkMemory(2e9, 4e9).text).toBe('2.0 GB of memory available, limit 4.0 GB')
  const places = [
    { name: 'a', path: '/a' },
    { name: 'b', path: '/b' },
  ]
  expect(levels(checkDisk(places, path => (path === '/a' ? 1e8 : 1e9)))).toEqual(['disk problem', 'disk note'])
  expect(levels(checkDisk(places, () => 1e11))).toEqual(['disk ok'])
  expect(['256\n', '65536\n', 'unlimited\n'].map(limit => checkOpenFiles(() => limit).level)).toEqual(['note', 'ok', 'ok'])
  expect((await checkPorts()).level).toBe('ok')
  expect(await checkPorts(() => Promise.reject(new Error('EPERM')))).toMatchObject({
    level: 'problem',
    text: 'no port on 127.0.0.1 can be opened: EPERM',
  })
})

test('platforms: WSL2 is told about Windows disks, Windows itself is sent to WSL2', () => {
  expect(levels(checkPlatform('/home/u/millrace', 'linux', '5.15.90-microsoft-standard-WSL2'))).toEqual(['platform ok'])
  expect(levels(checkPlatform('/mnt/c/millrace', 'linux', '5.15.90-microsoft-standard-WSL2'))).toEqual(['platform ok', 'wsl-disk note'])
  expect(levels(checkPlatform('/Users/u/millrace', 'darwin', '24.0.0'))).toEqual(['platform ok'])
  expect(levels(checkPlatform('C:\\millrace', 'win32', '10'))).toEqual(['platform problem'])
})

const docker =
  (engine: string | Error, compose: string | Error = '2.39.1') =>
  (args: string[]): Promise<string> => {
    const answer = args[0] === '--version' ? 'Docker version 28.1.0, build abc' : args[0] === 'version' ? engine : compose
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }

test.each([
  ['all well', docker('28.1.0'), ['docker ok', 'compose ok'], ''],
  ['no client', () => Promise.reject(new Error('not installed')), ['docker note'], 'install Docker'],
  ['engine stopped', docker(new Error('Cannot connect to the Docker daemon')), ['docker note', 'compose ok'], 'systemctl start docker'],
  ['no rights', docker(new Error('permission denied while trying to connect')), ['docker note', 'compose ok'], 'usermod -aG docker'],
  ['old engine', docker('19.3.1'), ['docker note', 'compose ok'], 'update'],
  ['the oldest engine that serves', docker('20.10.0', 'v2.24.4'), ['docker ok', 'compose ok'], ''],
  ['compose before !override', docker('28.1.0', '2.24.3'), ['docker ok', 'compose note'], '2.24.4'],
  ['compose v1', docker('28.1.0', '1.29.2'), ['docker ok', 'compose note'], 'plugin'],
  ['no compose', docker('28.1.0', new Error('unknown flag')), ['docker ok', 'compose note'], 'plugin'],
])('docker: %s', async (_, run, expected, fix) => {
  const findings = await checkDocker(run)
  expect(levels(findings)).toEqual(expected)
  expect(findings.map(finding => finding.fix ?? '').join(' ')).toContain(fix)
})

test('images by where they come from, and what dead runs left in the engine', async () => {
  const images = ['pulled', 'local', 'outdated', 'missing'].map(name => ({ name, image: `${name}:1` }) as KitImage)
  const states = async (all: readonly KitImage[]) => all.map(image => ({ image, state: image.name }) as ImageState)
  const findings = await checkImages(images, states)
  expect(findings.map(({ level, text }) => `${level} ${text.split(';')[0]}`)).toEqual([
    'ok pulled: pulled:1',
    'ok built here: local:1',
    'note built here from an earlier recipe: outdated:1',
    'note not here: missing:1',
  ])
  expect(findings[3]!.fix).toContain('pnpm images pull missing')

  const swept = { containers: 2, networks: 1, volumes: 0, images: 0 }
  const engine = { dead: async () => ['dead1'], sweep: async () => swept }
  expect(await checkContainers(false, engine)).toMatchObject([{ level: 'problem', text: expect.stringContaining('dead1') }])
  expect(await checkContainers(true, engine)).toMatchObject([{ level: 'ok', text: expect.stringContaining('2 containers') }])
  expect(levels(await checkContainers(false, { ...engine, dead: async () => [] }))).toEqual(['containers ok'])
})

test('a stray is found with its process, ended by fix, and gone afterwards', async () => {
  const id = `abc${process.pid.toString(16)}`
  const run = join(runsDir(), id)
  mkdirSync(run)
  writeFileSync(join(run, 'owner.json'), JSON.stringify({ runId: id, pid: 999_999_999, birth: 'gone', startedAt: '' }))
  const stray = spawn('sleep', ['60'], { detached: true, stdio: 'ignore', env: { PATH: process.env['PATH'], [RUN_MARK]: id } })
  const ended = new Promise(resolve => stray.once('exit', resolve))
  try {
    const [found] = checkStrays(false)
    // Another run may sweep at the same moment; then there is nothing left to find, which is the same end.
    if (existsSync(run)) expect(found?.text).toContain(String(stray.pid))
    checkStrays(true)
    await ended
    expect(existsSync(run)).toBe(false)
  } finally {
    stray.kill('SIGKILL')
    rmSync(run, { recursive: true, force: true })
  }
})

test('workspaces of ended runs are found and removed, living ones are not', () => {
  for (const name of ['dead-2026', 'live-2026']) mkdirSync(join(dir, '.millrace/work', name), { recursive: true })
  expect(levels(checkWorkspaces(dir, false, new Set(['live'])))).toEqual(['workspaces note'])
  expect(levels(checkWorkspaces(dir, true, new Set(['live'])))).toEqual(['workspaces ok'])
  expect(checkWorkspaces(dir, false, new Set(['live']))).toEqual([])
  expect(existsSync(join(dir, '.millrace/work/live-2026'))).toBe(true)
})

test('folder sizes are counted, up to a limit', () => {
  mkdirSync(join(dir, '.millrace/runs/a'), { recursive: true })
  for (const name of ['a/x', 'y', 'z']) writeFileSync(join(dir, '.millrace/runs', name), Buffer.alloc(1500))
  expect(folderSize(join(dir, '.millrace/runs'))).toEqual({ size: 4500, more: false })
  expect(folderSize(join(dir, '.millrace/runs'), 2).more).toBe(true)
  expect(checkCaches(dir)[0]?.text).toContain('evidence of runs 5 kB')
})

test('what is shown: each finding with its fix, then one verdict', () => {
  const term = createTerminal({ width: 60, unicode: false })
  const lines = findingLines(term, [checkNode('v24.1.0'), checkNode('v20.1.0')])
  expect(lines.join('\n')).toContain('+ Node v24.1.0')
  expect(lines.join('\n')).toContain('do: start commands by pnpm')
  expect(lines.at(-2)).toBe('1 thing is in the way of grading.')
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(60)
})
