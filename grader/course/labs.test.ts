import { rmSync, symlinkSync, utimesSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CodedError } from '../errors/coded-error.ts'
import { type FixtureCourse, MANIFEST, makeCourse } from './fixture-course.ts'
import { writeJson } from './json-file.ts'
import { courseProblems, labProblems } from './lab-check.ts'
import { byCourseOrder, currentLab, findLab, labFolders, loadLabs } from './labs.ts'
import { problemLines } from './problem.ts'
import { sealStarter } from './starter.ts'

let course: FixtureCourse
beforeEach(() => {
  course = makeCourse()
})
afterEach(() => course.remove())

const addLab = (folder: string): void => {
  const id = folder.slice(0, folder.indexOf('-'))
  course.write(`labs/${folder}/lab.yaml`, MANIFEST.replace('"1.1"', `"${id}"`))
  course.write(`labs/${folder}/src/greet.ts`, 'a')
  course.write(`labs/${folder}/src/words.lua`, 'b')
  sealStarter(findLab(course.root, id))
}
const errorOf = (act: () => unknown): CodedError => {
  try {
    act()
  } catch (error) {
    if (error instanceof CodedError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test.each(['lab-1.1', '1.1', 'LAB-1.1', 'lab1.1', '1.1-greeting', '1.1-Greeting', 'labs/1.1-greeting/', './labs/1.1-greeting', 'greeting'])(
  '%s names the lab',
  name => {
    expect(findLab(course.root, name).folder).toBe('1.1-greeting')
  },
)

test.each([
  ['lab-1.2', 'lab-1.1'],
  ['1.1-greting', 'lab-1.1'],
  ['1', 'lab-1.1'],
  ['lab-6.10', 'lab-6.1'],
  ['limiter', 'lab-6.2'],
  ['zzzzzzzz', 'lab-1.1'],
])('%s is no lab; the nearest is %s', (name, nearest) => {
  addLab('6.1-scheduler')
  addLab('6.2-rate-limiter')
  const error = errorOf(() => findLab(course.root, name))
  expect([error.code, error.facts['nearest']]).toEqual(['MR-E-001', nearest])
})

test('labs are ordered as numbers', () => {
  for (const folder of ['8.0-rpc', '6.10-last', '6.2-rate-limiter']) addLab(folder)
  expect(loadLabs(course.root).map(lab => lab.id)).toEqual(['1.1', '6.2', '6.10', '8.0'])
  expect(['10.1', '9.2'].sort(byCourseOrder)).toEqual(['9.2', '10.1'])
})

test('a folder that is no lab is passed over; a lab deleted by its learner is still known', () => {
  course.write('labs/notes/x.md', 'mine')
  course.write('labs/README.md', 'mine')
  rmSync(course.path('labs/1.1-greeting'), { recursive: true })
  expect(labFolders(course.root)).toEqual(['1.1-greeting'])
  expect(findLab(course.root, '1.1').title).toBe('Greeting')
})

test('a lab without manifest stops no other; naming it says what is missing', () => {
  course.write('labs/6.1-job-scheduler/src/a.ts', '')
  expect(loadLabs(course.root).map(lab => lab.id)).toEqual(['1.1'])
  expect(errorOf(() => findLab(course.root, '6.1')).code).toBe('MR-E-011')
  expect(problemLines(courseProblems(course.root)).join()).toContain('labs/6.1-job-scheduler/lab.yaml:1:1  missing')
})

test('the mistakes of all manifests come together; one broken lab does not stop another', () => {
  addLab('6.2-rate-limiter')
  course.write('labs/7.1-log/lab.yaml', 'id: "7.1"\ntitel: x\n')
  course.write('labs/7.2-more/lab.yaml', 'id: 7.2\n')
  const error = errorOf(() => loadLabs(course.root))
  expect(error.code).toBe('MR-E-010')
  expect(error.errorCause).toContain('labs/7.1-log/lab.yaml:2:1  unknown key "titel": did you mean "title"?')
  expect(error.errorCause).toContain('labs/7.2-more/lab.yaml:1:5  id must be text')
  expect(findLab(course.root, '6.2').id).toBe('6.2')
})

test('the lab being worked on: the newest edit, then the last graded, then the next unfinished', () => {
  addLab('2.1-second')
  addLab('6.2-rate-limiter')
  expect(currentLab(course.root).id).toBe('1.1')
  const passed = {
    version: 1,
    hints: {},
    gradedAt: '2026-01-01T00:00:00.000Z',
    kpis: Object.fromEntries(['greets', 'greets-twice'].map(id => [id, { verdict: 'pass', at: 'x' }])),
  }
  writeJson(course.path('.millrace/state/1.1.progress.json'), passed)
  expect(currentLab(course.root).id).toBe('2.1')
  writeJson(course.path('.millrace/state/last.json'), { version: 1, lab: '6.2' })
  writeJson(course.path('.millrace/state/6.2.progress.json'), { version: 1, kpis: {}, hints: {}, gradedAt: '2026-01-01T00:00:00.000Z' })
  expect(currentLab(course.root).id).toBe('6.2')
  course.write('labs/2.1-second/src/greet.ts', 'edited')
  utimesSync(course.path('labs/2.1-second/src/greet.ts'), new Date('2026-01-02'), new Date('2026-01-02'))
  expect(currentLab(course.root).id).toBe('2.1')
})

test('without labs there is a clear error', () => {
  expect(errorOf(() => currentLab(course.path('nowhere'))).code).toBe('MR-E-022')
})

const problems = () => problemLines(labProblems(course.root, '1.1-greeting'))

test('the fixture course has no mistake', () => {
  expect(courseProblems(course.root)).toEqual([])
})

test.each<[string, () => void, string]>([
  [
    'a KPI without test',
    () => rmSync(course.path('grader/labs/1.1-greeting/greets.test.ts')),
    'lab.yaml:9:9  "greets" has no test grader/labs/1.1-greeting/greets.test.ts',
  ],
  [
    'a misnamed test',
    () => {
      rmSync(course.path('grader/labs/1.1-greeting/greets.test.ts'))
      course.write('grader/labs/1.1-greeting/greet.test.ts', '')
    },
    'is it greet.test.ts?',
  ],
  [
    'a test without KPI',
    () => course.write('grader/labs/1.1-greeting/other.test.ts', ''),
    'other.test.ts:1:1  no KPI of lab.yaml has this name',
  ],
  [
    'a mutant that is not there',
    () => rmSync(course.path('solutions/1.1-greeting/mutants/once'), { recursive: true }),
    'lab.yaml:24:15  solutions/1.1-greeting/mutants/once/ does not exist',
  ],
  [
    'a mutant nobody names',
    () => course.write('solutions/1.1-greeting/mutants/loud/src/greet.ts', 'x'),
    'mutants/loud:1:1  no KPI of lab.yaml names this mutant',
  ],
  [
    'a mutant equal to the solution',
    () => course.write('solutions/1.1-greeting/mutants/once/src/words.lua', "return 'nothing'\n"),
    'The mutant once of lab 1.1 is the solution',
  ],
  [
    'a solution out of reach',
    () => course.write('solutions/1.1-greeting/src/server.ts', 'x'),
    'src/server.ts:1:1  a learner could not make this change',
  ],
  [
    'a new file out of reach',
    () => course.write('solutions/1.1-greeting/lib/x.ts', 'x'),
    'lib/x.ts:1:1  a learner could not make this change',
  ],
  [
    'a solution file that changes nothing',
    () => course.write('solutions/1.1-greeting/src/words.lua', "return 'nothing'\n"),
    'src/words.lua:1:1  the same as in the starter',
  ],
  ['no notes', () => rmSync(course.path('solutions/1.1-greeting/NOTES.md')), 'NOTES.md:1:1  missing'],
  ['no solution', () => rmSync(course.path('solutions/1.1-greeting'), { recursive: true }), 'the lab has no solution'],
  [
    'an editable file that is not there',
    () => rmSync(course.path('labs/1.1-greeting/src/words.lua')),
    'lab.yaml:7:22  labs/1.1-greeting/src/words.lua does not exist',
  ],
  [
    'a starter changed after its seal',
    () => course.write('labs/1.1-greeting/README.md', 'new'),
    'README.md:1:1  changed since the starter was sealed: run pnpm millrace seal 1.1',
  ],
  ['no seal', () => rmSync(course.path('grader/labs/1.1-greeting/starter.json')), 'starter.json:1:1  missing: run pnpm millrace seal 1.1'],
])('%s is found', (_, change, said) => {
  change()
  expect(problems().join('\n')).toContain(said)
})

test('a link in a solution is refused', () => {
  symlinkSync('/etc/passwd', course.path('solutions/1.1-greeting/src/x.ts'))
  expect(errorOf(problems).code).toBe('MR-E-014')
})
