import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const CLI = path.join(import.meta.dirname, '../cli.ts')
let home: string
let running: ChildProcess[]
beforeEach(async () => {
  running = []
  home = await mkdtemp(path.join(tmpdir(), 'fjordline-cli-'))
})
afterEach(async () => {
  for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await rm(home, { recursive: true })
})

function start(args: string[], node: string[] = []) {
  const child = spawn(process.execPath, [...node, CLI, ...args], { cwd: home })
  running.push(child)
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text))
  const ended = once(child, 'close').then(([code, signal]) => ({ ...said, code: code as number | null, signal: signal as string | null }))
  return { child, ended }
}
const run = (...args: string[]) => start(args).ended
const names = async (directory: string): Promise<string[]> => (await readdir(path.join(home, directory), { recursive: true })).sort()

/** Waits until the run has written part of its readings. */
async function underWay(directory: string, pid: number): Promise<void> {
  const file = path.join(home, directory, `readings.csv.${pid}.partial`)
  const deadline = Date.now() + 20_000
  for (;;) {
    const size = await stat(file).then(
      facts => facts.size,
      () => 0,
    )
    if (size > 0) return
    if (Date.now() > deadline) throw new Error(`${file} is still empty after 20 s`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

const COMPLETE = [
  'depots.csv',
  'manifest.json',
  'readings.csv',
  'readings.ndjson',
  'shipments.csv',
  'truth',
  'truth/alerts.ndjson',
  'truth/incidents.ndjson',
  'truth/labels.ndjson',
  'vehicles.csv',
]

test('writes a data set and says what it is', async () => {
  const { code, out, err } = await run('--size', 'xs', '--seed', '7', '--out', 'a/b')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/^a\/b: 600 readings, 20 shipments, \d+ alerts due; 0\.2 MB in \d+\.\d s; size xs, seed 7\n$/)
  expect(await names('a/b')).toEqual(COMPLETE)
})

test('--format writes one file of readings, --help names every flag', async () => {
  expect((await run('--', '--size', 'xs', '--out', 'a', '--format', 'ndjson')).code).toBe(0)
  expect(await names('a')).toEqual(COMPLETE.filter(name => name !== 'readings.csv'))
  const { code, out } = await run('--help')
  expect(code).toBe(0)
  for (const flag of ['size', 'seed', 'out', 'format', 'force', 'readings', 'set']) expect(out).toContain(`--${flag} `)
})

describe('what is wrong is said, with the next step, and nothing is written', () => {
  test.each([
    [['--sede', '7', '--out', 'a'], 2, "MR-D-003 Unknown option '--sede'."],
    [['stray', '--out', 'a'], 2, 'MR-D-003 Unexpected argument'],
    [[], 2, 'MR-D-003 Where to? --out DIR is missing.'],
    [['--out', 'a', '--size', 'xxl'], 2, 'MR-D-001 --size: "xxl" is not a size.'],
    [['--out', 'a', '--seed', '1e3'], 2, 'MR-D-001 --seed: "1e3" is not a whole number.'],
    [['--out', 'a', '--seed', '4294967296'], 2, 'MR-D-001 seed: "4294967296"'],
    [['--out', 'a', '--format', 'xml'], 2, 'MR-D-001 --format: "xml"'],
    [['--out', 'a', '--set', 'corupt=1'], 2, 'Did you mean corruptPerMillion?'],
    [['--out', 'a', '--set', 'vehicles=0'], 2, 'MR-D-001 vehicles: "0" is not a whole number from 1 to 5000.'],
    [['--out', CLI], 1, 'cannot be written: ENOTDIR.'],
    [['--out', path.join(CLI, 'deeper')], 1, 'cannot be written: ENOTDIR.'],
  ])('%j', async (args, code, message) => {
    const result = await run(...args)
    expect(result.err).toContain(message)
    expect(result.err).toMatch(/\n {2}→ .+\n$/)
    expect(result.err).not.toMatch(/\n\s+at /)
    expect([result.code, result.out]).toEqual([code, ''])
    expect(await readdir(home)).toEqual([])
  })
})

test('a directory that is not empty needs --force; then the data set is replaced and other files stay', async () => {
  await run('--size', 'xs', '--out', 'a')
  await writeFile(path.join(home, 'a/mine.txt'), 'keep me')
  const before = await readFile(path.join(home, 'a/readings.csv'))
  const refused = await run('--size', 'xs', '--seed', '2', '--out', 'a')
  expect([refused.code, refused.err.slice(0, 26)]).toEqual([1, 'MR-D-004 a is not empty.\n '])
  expect(await readFile(path.join(home, 'a/readings.csv'))).toEqual(before)
  expect((await run('--size', 'xs', '--seed', '2', '--out', 'a', '--force', '--format', 'csv')).code).toBe(0)
  expect(await readFile(path.join(home, 'a/readings.csv'))).not.toEqual(before)
  expect(await names('a')).toEqual([...COMPLETE.filter(name => name !== 'readings.ndjson'), 'mine.txt'].sort())
})

describe('interrupted', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s it removes what it wrote, and the directories it made', async (signal, code) => {
    const { child, ended } = start(['--size', 'm', '--out', 'a/b'])
    await underWay('a/b', child.pid!)
    child.kill(signal)
    const result = await ended
    expect([result.code, result.out]).toEqual([code, ''])
    expect(result.err).toMatch(/MR-D-006 Stopped after \d+ of 1000000 readings\./)
    expect(await readdir(home)).toEqual([])
  })

  test('with --force the data set that was there is untouched', async () => {
    await run('--size', 'xs', '--out', 'a')
    const before = await readFile(path.join(home, 'a/manifest.json'), 'utf8')
    const { child, ended } = start(['--size', 'm', '--out', 'a', '--force'])
    await underWay('a', child.pid!)
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    expect(await names('a')).toEqual(COMPLETE)
    expect(await readFile(path.join(home, 'a/manifest.json'), 'utf8')).toBe(before)
  })

  test('by SIGKILL it leaves partial files only, and the next run removes them; while it lives no other run may write there', async () => {
    const { child, ended } = start(['--size', 'm', '--out', 'a'])
    await underWay('a', child.pid!)
    expect((await run('--size', 'xs', '--out', 'a', '--force')).err).toContain(`MR-D-008`)
    child.kill('SIGKILL')
    expect((await ended).signal).toBe('SIGKILL')
    const left = (await names('a')).filter(name => name !== 'truth')
    expect(left.length).toBeGreaterThan(0)
    expect(left.filter(name => !name.endsWith('.partial'))).toEqual([])
    expect((await run('--size', 'xs', '--out', 'a')).code).toBe(0)
    expect(await names('a')).toEqual(COMPLETE)
  })
})

test('size l streams: 600 thousand readings of 500 trucks pass through a heap of 48 MB', async () => {
  const args = ['--size', 'l', '--readings', '600000', '--format', 'csv', '--out', 'a']
  const { code, err } = await start(args, ['--max-old-space-size=48']).ended
  expect(code, err).toBe(0)
}, 240_000)
