import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { learnerPatch, solutionPatch } from '../commands/diff.ts'
import type { KpiResult, Results } from '../results/types.ts'
import { type FixtureCourse, makeCourse } from './fixture-course.ts'
import { hintLines, takeHint } from './hints.ts'
import { findLab } from './labs.ts'
import { isPassed, nextKpi, pointsOf, readProgress, recordRun } from './progress.ts'
import { performReset, planReset, resetLab } from './reset.ts'
import { loadStarter, sealStarter, starterDifferences } from './starter.ts'
import { trackFiles } from './tracking.ts'

const LAB = 'labs/1.1-greeting'
let course: FixtureCourse
beforeEach(() => {
  course = makeCourse()
})
afterEach(() => course.remove())

const lab = () => findLab(course.root, '1.1')
const read = (path: string): string => readFileSync(course.path(path), 'utf8')
const acts = (options = {}) => planReset(course.root, lab(), options).map(({ path, act }) => `${act} ${path}`)

const run = (verdicts: Record<string, Partial<KpiResult>>, source = 'learner'): Results => ({
  version: 1,
  lab: '1.1',
  folder: '1.1-greeting',
  title: '',
  engine: 'embedded',
  seed: 1,
  source,
  startedAt: new Date().toISOString(),
  durationMs: 1,
  kpis: Object.entries(verdicts).map(([id, kpi]) => ({
    id,
    claim: '',
    verdict: 'pass',
    points: 1,
    bonus: false,
    earned: 0,
    durationMs: 1,
    replay: '',
    ...kpi,
  })),
  totals: { earned: 0, points: 0, bonusEarned: 0, bonusPoints: 0 },
  unenforced: [],
  protectedChanged: [],
  environment: {},
  evidence: '',
  exitCode: 0,
  next: null,
})

test('a reset makes the lab equal to its starter, keeps every byte, and what it kept brings the work back', () => {
  course.write(`${LAB}/src/greet.ts`, 'my work')
  course.write(`${LAB}/src/mine/new.ts`, 'my new file')
  course.write(`${LAB}/README.md`, 'my notes')
  course.write(`${LAB}/notes.txt`, 'not graded')
  rmSync(course.path(`${LAB}/src/server.ts`))
  expect(acts()).toEqual(['restore src/greet.ts', 'restore README.md', 'restore src/server.ts', 'remove src/mine/new.ts'])
  const kept = performReset(course.root, lab(), planReset(course.root, lab()))!
  expect(starterDifferences(lab(), loadStarter(lab()))).toEqual([{ path: 'notes.txt', change: 'added' }])
  cpSync(course.path(kept), course.path(LAB), { recursive: true })
  expect([read(`${LAB}/src/greet.ts`), read(`${LAB}/src/mine/new.ts`), read(`${LAB}/README.md`)]).toEqual([
    'my work',
    'my new file',
    'my notes',
  ])
})

test('two resets keep both, one after the other; a reset of nothing keeps nothing', () => {
  expect(resetLab(course.root, lab())).toEqual(['lab 1.1 is as it came; nothing to reset'])
  const now = new Date()
  for (const text of ['first', 'second']) {
    course.write(`${LAB}/src/greet.ts`, text)
    performReset(course.root, lab(), planReset(course.root, lab()), now)
  }
  const kept = readdirSync(course.path('.millrace/kept/1.1')).sort()
  expect(kept.map(folder => read(`.millrace/kept/1.1/${folder}/src/greet.ts`))).toEqual(['first', 'second'])
})

test('one file by its name; a wrong name gets the nearest', () => {
  course.write(`${LAB}/src/greet.ts`, 'x')
  course.write(`${LAB}/src/words.lua`, 'y')
  expect(acts({ file: 'src/words.lua' })).toEqual(['restore src/words.lua'])
  expect(acts({ file: `${LAB}/src/greet.ts` })).toEqual(['restore src/greet.ts'])
  expect(() => acts({ file: 'src/greet.lua' })).toThrow(/MR-E-023/)
})

test('a link is moved away, never written through', () => {
  mkdirSync(course.path('elsewhere'))
  course.write('elsewhere/greet.ts', 'precious')
  rmSync(course.path(`${LAB}/src`), { recursive: true })
  symlinkSync(course.path('elsewhere'), course.path(`${LAB}/src`))
  resetLab(course.root, lab())
  expect(read('elsewhere/greet.ts')).toBe('precious')
  expect(starterDifferences(lab(), loadStarter(lab()))).toEqual([])
})

test('what keeps a lab from being graded is taken out too: links, pipes, node_modules, links to folders', () => {
  symlinkSync('/etc/passwd', course.path(`${LAB}/src/evil.ts`))
  symlinkSync('/etc', course.path(`${LAB}/src/etc`))
  execFileSync('mkfifo', [course.path(`${LAB}/src/pipe`)])
  course.write(`${LAB}/src/node_modules/x/index.js`, 'x')
  course.write('.millrace/x', '')
  expect(acts()).toEqual(['src/etc', 'src/evil.ts', 'src/node_modules', 'src/pipe'].map(path => `remove ${path}`))
  expect(acts({ file: 'src/evil.ts' })).toEqual(['remove src/evil.ts'])
  resetLab(course.root, lab())
  expect(starterDifferences(lab(), loadStarter(lab()))).toEqual([])
  expect(existsSync('/etc/passwd')).toBe(true)
})

test('an update takes the new starter over and keeps the learner’s changes; a conflict is left alone', () => {
  const text = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n'
  for (const path of ['src/greet.ts', 'src/words.lua']) course.write(`${LAB}/${path}`, text)
  sealStarter(lab())
  trackFiles(course.root, lab())
  for (const path of ['src/greet.ts', 'src/words.lua', 'README.md']) course.write(`${LAB}/${path}`, text.replace('nine', 'NINE'))
  sealStarter(lab())
  course.write(`${LAB}/src/greet.ts`, text.replace('one', 'mine'))
  course.write(`${LAB}/src/words.lua`, text.replace('nine', 'mine'))
  course.write(`${LAB}/README.md`, '# Greeting\n')
  expect(acts({ update: true })).toEqual(['merge src/greet.ts', 'conflict src/words.lua', 'update README.md'])
  const kept = performReset(course.root, lab(), planReset(course.root, lab(), { update: true }))!
  expect(read(`${LAB}/src/greet.ts`)).toBe(text.replace('one', 'mine').replace('nine', 'NINE'))
  expect(read(`${LAB}/src/words.lua`)).toBe(text.replace('nine', 'mine'))
  expect(read(`${kept}/src/greet.ts`)).toBe(text.replace('one', 'mine'))
  expect(acts({ update: true })).toEqual(['conflict src/words.lua'])
})

test('the ladder: a step a call, then all three with where to read on', () => {
  const steps = [1, 2, 3, 4, 5].map(() => takeHint(course.root, lab(), 'greets')!)
  expect(steps.map(hint => [hint.step, hint.texts.length])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 3],
    [4, 3],
  ])
  expect(hintLines(steps[0]!)).toEqual([
    'greets: the program greets',
    'hint 1 of 3, a question: What is asked?',
    'the next one: pnpm hint lab-1.1 greets',
  ])
  expect(steps[2]!.next).toContain('the solution opens to pnpm diff once the lab is passed')
  expect(takeHint(course.root, lab(), 'greets-twice')?.step).toBe(1)
  expect(() => takeHint(course.root, lab(), 'greet')).toThrow(/MR-E-005/)
})

test('without a KPI the first failed one is meant, else the first open one', () => {
  expect(takeHint(course.root, lab())?.kpi).toBe('greets')
  recordRun(course.root, lab(), run({ greets: {}, 'greets-twice': { verdict: 'timeout' } }))
  expect(takeHint(course.root, lab())?.kpi).toBe('greets-twice')
  recordRun(course.root, lab(), run({ 'greets-twice': {} }))
  expect(takeHint(course.root, lab())).toBeUndefined()
})

test('the last hint names the lesson’s section that speaks of the KPI', () => {
  course.write(`${LAB}/README.md`, '# Greeting\n\n## 1. Why\n\nText.\n\n## 2. Say it\n\nTurns `greets` green.\n')
  sealStarter(lab())
  const [, , last] = [1, 2, 3].map(() => takeHint(course.root, lab(), 'greets')!)
  expect(last!.next).toContain('read "2. Say it" in labs/1.1-greeting/README.md')
})

test('progress keeps what a run says nothing about, and counts only the learner’s runs', () => {
  recordRun(course.root, lab(), run({ greets: {}, 'greets-twice': {} }, 'solution'))
  expect(readProgress(course.root, '1.1').kpis).toEqual({})
  recordRun(course.root, lab(), run({ greets: {}, 'greets-twice': { verdict: 'not-run', reason: 'filtered' } }))
  expect(pointsOf(lab(), readProgress(course.root, '1.1'))).toMatchObject({ earned: 2, points: 5 })
  recordRun(course.root, lab(), run({ greets: { verdict: 'grader-error' }, 'greets-twice': { verdict: 'inconclusive' } }))
  expect(pointsOf(lab(), readProgress(course.root, '1.1')).earned).toBe(2)
  expect(nextKpi(lab(), readProgress(course.root, '1.1'))?.id).toBe('greets-twice')
  recordRun(course.root, lab(), run({ greets: { verdict: 'fail' }, 'greets-twice': { verdict: 'not-run', reason: 'locked' } }))
  expect(pointsOf(lab(), readProgress(course.root, '1.1')).earned).toBe(0)
  recordRun(course.root, lab(), run({ greets: {}, 'greets-twice': { verdict: 'not-run', reason: 'needs-docker' } }))
  expect(isPassed(lab(), readProgress(course.root, '1.1'))).toBe(false)
})

test('a KPI that needs Docker does not hold a lab up, but a lab of which nothing passed is not passed', () => {
  const docker = { verdict: 'not-run', reason: 'needs-docker' } as const
  recordRun(course.root, lab(), run({ greets: docker, 'greets-twice': docker }))
  expect(isPassed(lab(), readProgress(course.root, '1.1'))).toBe(false)
  recordRun(course.root, lab(), run({ greets: {} }))
  expect(isPassed(lab(), readProgress(course.root, '1.1'))).toBe(true)
})

test('a damaged progress file is set aside with a note', () => {
  course.write('.millrace/state/1.1.progress.json', '{"version":1,"kpis":')
  const notes: string[] = []
  expect(readProgress(course.root, '1.1', note => notes.push(note)).kpis).toEqual({})
  expect(notes.join()).toContain('set aside')
  expect(readdirSync(course.path('.millrace/state')).some(name => name.includes('.damaged-'))).toBe(true)
  expect(existsSync(course.path('.millrace/state/1.1.progress.json'))).toBe(false)
})

test('the patch has edited, new and removed files, and nothing that is the same', () => {
  expect(learnerPatch(course.root, lab())).toBe('')
  course.write(`${LAB}/src/words.lua`, "return 'something'\n")
  course.write(`${LAB}/src/new.ts`, 'new\n')
  rmSync(course.path(`${LAB}/README.md`))
  expect(learnerPatch(course.root, lab())).toMatchInlineSnapshot(`
    "--- a/labs/1.1-greeting/src/words.lua	starter
    +++ b/labs/1.1-greeting/src/words.lua	yours
    @@ -1,1 +1,1 @@
    -return 'nothing'
    +return 'something'
    --- a/labs/1.1-greeting/README.md	starter
    +++ /dev/null
    @@ -1,1 +0,0 @@
    -# Greeting
    --- /dev/null
    +++ b/labs/1.1-greeting/src/new.ts	yours
    @@ -0,0 +1,1 @@
    +new
    "
  `)
})

test('the patch is one that git takes: applied to the starter it gives the learner’s files', () => {
  course.write(`${LAB}/src/words.lua`, "return 'something'")
  course.write(`${LAB}/src/new.ts`, 'new\nlines\n')
  course.write(`${LAB}/src/greet.ts`, `// ünïcode\n${read(`${LAB}/src/greet.ts`)}`)
  rmSync(course.path(`${LAB}/README.md`))
  const mine = ['src/words.lua', 'src/new.ts', 'src/greet.ts'].map(path => read(`${LAB}/${path}`))
  const patch = learnerPatch(course.root, lab())
  resetLab(course.root, lab())
  execFileSync('git', ['apply', '--whitespace=nowarn', '-'], {
    cwd: course.root,
    input: patch,
    env: { ...process.env, GIT_DIR: '/nowhere' },
  })
  expect(['src/words.lua', 'src/new.ts', 'src/greet.ts'].map(path => read(`${LAB}/${path}`))).toEqual(mine)
  expect(existsSync(course.path(`${LAB}/README.md`))).toBe(false)
})

test('a lab that was deleted as a whole comes back', () => {
  rmSync(course.path(LAB), { recursive: true })
  resetLab(course.root, lab())
  expect(starterDifferences(lab(), loadStarter(lab()))).toEqual([])
})

test('the solution opens when every KPI that is not a bonus has passed, and for instructors', () => {
  expect(() => solutionPatch(course.root, lab(), false)).toThrow(/MR-E-024.*2 of its KPIs have not passed \(greets, greets-twice\)/)
  expect(solutionPatch(course.root, lab(), true)).toContain("+export const greet = (name: string) => 'hello ' + name")
  recordRun(course.root, lab(), run({ greets: {}, 'greets-twice': {} }))
  expect(solutionPatch(course.root, lab(), false)).toContain('hello')
  resetLab(course.root, lab())
  expect(solutionPatch(course.root, lab(), false)).toContain('hello')
})
