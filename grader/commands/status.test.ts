import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FixtureCourse, MANIFEST, makeCourse } from '../course/fixture-course.ts'
import { takeHint } from '../course/hints.ts'
import { writeJson } from '../course/json-file.ts'
import { findLab } from '../course/labs.ts'
import { sealStarter } from '../course/starter.ts'
import { courseStatus } from '../course/status.ts'
import { createTerminal } from '../ui/terminal.ts'
import { statusLines } from './status.ts'

let course: FixtureCourse
beforeEach(() => {
  course = makeCourse()
  course.write('labs/6.2-rate-limiter/lab.yaml', MANIFEST.replace('"1.1"', '"6.2"').replace('Greeting', 'Rate limiter'))
  course.write('labs/6.2-rate-limiter/src/greet.ts', 'a\n')
  course.write('labs/6.2-rate-limiter/src/words.lua', 'b\n')
  course.write('labs/6.2-rate-limiter/README.md', 'lesson\n')
  sealStarter(findLab(course.root, '6.2'))
})
afterEach(() => course.remove())

const map = (only?: string, abilities = {}): string =>
  statusLines(createTerminal({ width: 100, ...abilities }), courseStatus(course.root), only).join('\n')
const graded = (id: string, kpis: Record<string, string>): void =>
  writeJson(course.path(`.millrace/state/${id}.progress.json`), {
    version: 1,
    hints: {},
    gradedAt: new Date(Date.now() + 1000).toISOString(),
    kpis: Object.fromEntries(
      Object.entries(kpis).map(([kpi, verdict]) => [kpi, { verdict, at: 'x', ...(verdict === 'not-run' ? { reason: 'locked' } : {}) }]),
    ),
  })

test('a fresh clone: all labs, nothing done, the first lab next', () => {
  expect(map()).toMatchInlineSnapshot(`
    "
    0 of 2 labs passed · 0 of 10 points

    Level 1  Docker foundations
      ·  1.1  Greeting      ░░░░░░░░░░  0/5 pts  2 KPIs, about 10 min

    Level 6  Infrastructure mastery
      ·  6.2  Rate limiter  ░░░░░░░░░░  0/5 pts  2 KPIs, about 10 min

    next: pnpm grade lab-1.1
    "
  `)
})

test('half-way: points, open and locked KPIs, hints seen, the hint as next action', () => {
  graded('1.1', { greets: 'pass', 'greets-twice': 'pass' })
  graded('6.2', { greets: 'fail', 'greets-twice': 'not-run' })
  writeJson(course.path('.millrace/state/last.json'), { version: 1, lab: '6.2' })
  takeHint(course.root, findLab(course.root, '6.2'), 'greets')
  expect(map()).toMatchInlineSnapshot(`
    "
    1 of 2 labs passed · 5 of 10 points

    Level 1  Docker foundations
      ✓  1.1  Greeting      ██████████  5/5 pts

    Level 6  Infrastructure mastery
      ○  6.2  Rate limiter  ░░░░░░░░░░  0/5 pts  1 failed, 1 locked

    Lab 6.2  Rate limiter
      ✗  greets        the program greets · 1 of 3 hints seen                 2 pts
      ○  greets-twice  the program greets again · locked until greets passes  3 pts

    next: pnpm hint lab-6.2 greets
    "
  `)
})

test('files are spoken of in plain words', () => {
  courseStatus(course.root)
  course.write('labs/6.2-rate-limiter/src/greet.ts', 'mine\n')
  course.write('labs/6.2-rate-limiter/src/words.lua', 'b2\n')
  course.write('labs/6.2-rate-limiter/README.md', 'lesson 2\n')
  sealStarter(findLab(course.root, '6.2'))
  course.write('labs/6.2-rate-limiter/src/words.lua', 'b\n')
  course.write('labs/6.2-rate-limiter/README.md', 'my notes\n')
  rmSync(course.path('labs/1.1-greeting/src/greet.ts'))
  const text = map(undefined, { width: 200 })
  expect(text).toContain('lab 1.1: src/greet.ts missing; back with pnpm reset lab-1.1 <file>')
  expect(text).toContain(
    "lab 6.2: src/words.lua older than the course's newest version and not edited by you; safe to update: pnpm reset lab-6.2 --update",
  )
  expect(text).toContain('lab 6.2: README.md changed, but not yours to edit')
})

test('everything passed: nothing is next', () => {
  graded('1.1', { greets: 'pass', 'greets-twice': 'pass' })
  graded('6.2', { greets: 'pass', 'greets-twice': 'pass' })
  expect(courseStatus(course.root)).toMatchObject({ next: null, totals: { labs: 2, passed: 2, earned: 10, points: 10 } })
  expect(map()).toContain('every lab is passed')
})

test('one lab, plain ASCII, no line wider than the terminal', () => {
  graded('6.2', { greets: 'pass', 'greets-twice': 'timeout' })
  const text = map('6.2', { width: 60, unicode: false })
  expect(text).toMatch(/^[\x20-\x7e\n]*$/)
  expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThanOrEqual(60)
  expect(text).not.toContain('Level')
})
