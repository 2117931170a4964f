import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { environment, nodeArguments } from './command.ts'
import { DEFAULT_LIMITS, dataLimitKb, v8CodeRangeMb } from './limits.ts'
import { enforcesDataLimit, ownUserFor, unenforcedLimits } from './platform.ts'

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-platform-')))
})
afterEach(() => rmSync(root, { recursive: true }))

test('the probe of the memory limit agrees with a program that asks for too much', () => {
  const kb = dataLimitKb(32)
  const greedy = spawnSync('/bin/sh', ['-c', `ulimit -d ${kb}; exec "$0" -e 'Buffer.alloc(512 << 20, 1)'`, process.execPath], {
    stdio: 'ignore',
  })
  expect(greedy.status !== 0).toBe(enforcesDataLimit())
})

test('an empty program fits into the smallest limit that a KPI would set', () => {
  const empty = spawnSync('/bin/sh', ['-c', `ulimit -d ${dataLimitKb(16)}; exec "$0" -e 0`, process.execPath], {
    stdio: 'pipe',
    encoding: 'utf8',
  })
  expect([empty.status, empty.stderr]).toEqual([0, ''])
  expect(v8CodeRangeMb()).toBeLessThan(1024)
})

describe.runIf(process.getuid?.() === 0)('as root', () => {
  test('programs get a user of their own where that user can reach everything', () => {
    chmodSync(root, 0o755)
    const user = ownUserFor([root])
    expect(user?.uid).toBeGreaterThan(1000)
    expect(unenforcedLimits([root])).toEqual([])
  })

  test('a folder closed to others is found out and named', () => {
    const closed = join(root, 'closed')
    mkdirSync(join(closed, 'inside'), { recursive: true })
    writeFileSync(join(closed, 'inside', 'file'), '')
    chmodSync(closed, 0o700)
    expect(ownUserFor([join(closed, 'inside')])).toBeUndefined()
    expect(ownUserFor([join(closed, 'inside', 'file')])).toBeUndefined()
    expect(unenforcedLimits([join(closed, 'inside')])).toEqual([expect.stringMatching(/no user id of their own/)])
  })
})

test('a path cannot smuggle anything into the probe', () => {
  const odd = join(root, 'a b; touch smuggled $(touch smuggled)')
  mkdirSync(odd)
  chmodSync(root, 0o755)
  ownUserFor([odd])
  expect(() => cpSync(join(root, 'smuggled'), join(root, 'x'))).toThrow(/ENOENT/)
})

test('the environment is built from nothing', () => {
  expect(environment({ home: '/scratch', runId: 'r1', port: 4000, extra: { LAB: '1' } })).toEqual({
    PATH: '/usr/bin:/bin',
    HOME: '/scratch',
    TMPDIR: '/scratch',
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    NODE_ENV: 'production',
    MILLRACE_RUN: 'r1',
    PORT: '4000',
    LAB: '1',
  })
})

test('what may be written may be read, and nothing else is allowed', () => {
  const allowed = nodeArguments({ read: ['/r'], write: ['/w'] }, DEFAULT_LIMITS).filter(flag => flag.startsWith('--allow'))
  expect(allowed).toEqual([
    '--allow-fs-read=/r',
    '--allow-fs-read=/w',
    expect.stringMatching(/^--allow-fs-read=.*guard\.cjs$/),
    '--allow-fs-write=/w',
  ])
})
