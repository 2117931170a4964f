import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prune } from './prune.ts'
import { mixed, passed } from './samples/results.ts'
import { latestRun, openEvidence, readHistory, readLatest, runsDir } from './store.ts'
import type { Results } from './types.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-store-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const finish = (results: Results = mixed, now?: Date) => {
  const evidence = openEvidence(root, '6.2', now)
  evidence.writeResults({ ...results, evidence: evidence.relative, startedAt: (now ?? new Date()).toISOString() })
  return evidence
}

describe('evidence', () => {
  it('stands at .millrace/runs/<lab>/<time>, with latest beside it', () => {
    const evidence = finish(mixed, new Date('2026-07-31T08:15:30.125Z'))
    expect(evidence.relative).toBe('.millrace/runs/6.2/2026-07-31T08-15-30-125Z')
    expect(readlinkSync(join(root, '.millrace/runs/6.2/latest'))).toBe(evidence.runId)
    expect(readLatest(root, '6.2')?.evidence).toBe(evidence.relative)
    expect(readdirSync(evidence.dir)).toEqual(['results.json'])
  })

  it('gives two runs of one millisecond two folders', () => {
    const now = new Date()
    expect(new Set([1, 2, 3].map(() => openEvidence(root, '6.2', now).dir)).size).toBe(3)
  })

  it('moves latest only when a run is finished', () => {
    const first = finish()
    openEvidence(root, '6.2')
    expect(readLatest(root, '6.2')?.evidence).toBe(first.relative)
  })

  it('refuses results of a wrong shape and keeps the last good ones', () => {
    const first = finish()
    expect(() => finish({ ...mixed, version: 2 } as unknown as Results)).toThrow(/version/)
    expect(readLatest(root, '6.2')?.evidence).toBe(first.relative)
  })

  it('reads latest also as a file, for disks without symlinks', () => {
    const first = finish(mixed, new Date(1_000))
    finish(mixed, new Date(2_000))
    const latest = join(runsDir(root, '6.2'), 'latest')
    rmSync(latest)
    writeFileSync(latest, `${first.runId}\n`)
    expect(readLatest(root, '6.2')?.evidence).toBe(first.relative)
    writeFileSync(latest, '../../../etc\n')
    expect(latestRun(root, '6.2'), 'a path is no run').toBeNull()
    const third = finish(mixed, new Date(3_000))
    expect(lstatSync(latest).isSymbolicLink()).toBe(true)
    expect(readLatest(root, '6.2')?.evidence).toBe(third.relative)
  })

  it('has a history, newest first, without what cannot be read', () => {
    finish(mixed, new Date(1_000))
    finish(passed, new Date(2_000))
    const damaged = openEvidence(root, '6.2')
    writeFileSync(join(damaged.dir, 'results.json'), '{"version":1')
    expect(readHistory(root, '6.2').map(results => results.source)).toEqual(['solution', 'learner'])
    expect(readHistory(root, '1.1')).toEqual([])
    expect(readLatest(root, '1.1')).toBeNull()
  })

  it.each(['../up', '', '.', 'a/b', '-x'])('takes no %j for a lab', id => {
    expect(() => openEvidence(root, id)).toThrow(RangeError)
  })
})

describe('the limit on kept runs', () => {
  const names = () => readdirSync(root).sort()
  const run = (name: string, bytes = 10) => {
    mkdirSync(join(root, name))
    writeFileSync(join(root, name, 'log'), 'x'.repeat(bytes))
  }

  it('removes the oldest beyond the count', () => {
    for (const name of ['a', 'b', 'c', 'd']) run(name)
    prune(root, 'd', { keepRuns: 2, keepBytes: 1e9 })
    expect(names()).toEqual(['c', 'd'])
  })

  it('removes the oldest beyond the bytes, never the newest', () => {
    for (const name of ['a', 'b', 'c']) run(name, 600)
    prune(root, 'c', { keepRuns: 9, keepBytes: 1_300 })
    expect(names()).toEqual(['b', 'c'])
    prune(root, 'c', { keepRuns: 9, keepBytes: 1 })
    expect(names()).toEqual(['c'])
  })

  it('leaves a run alone whose grader still lives', () => {
    for (const name of ['a', 'b', 'c']) run(name)
    writeFileSync(join(root, 'a', 'running.pid'), `${process.pid}\n`)
    writeFileSync(join(root, 'b', 'running.pid'), '4194305\n')
    prune(root, 'c', { keepRuns: 1, keepBytes: 1e9 })
    expect(names()).toEqual(['a', 'c'])
  })

  it('is applied by writeResults', () => {
    for (let i = 0; i < 33; i++) finish(mixed, new Date(i * 1_000))
    expect(readHistory(root, '6.2')).toHaveLength(30)
    expect(existsSync(latestRun(root, '6.2')!)).toBe(true)
    expect(JSON.parse(readFileSync(join(latestRun(root, '6.2')!, 'results.json'), 'utf8')).startedAt).toBe(new Date(32_000).toISOString())
  })
})
