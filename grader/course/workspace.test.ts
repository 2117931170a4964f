import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CodedError } from '../errors/coded-error.ts'
import { type FixtureCourse, makeCourse } from './fixture-course.ts'
import { findLab } from './labs.ts'
import { sealStarter } from './starter.ts'
import type { Source } from './types.ts'
import { layWorkspace } from './workspace.ts'

const LAB = 'labs/1.1-greeting'
let course: FixtureCourse
beforeEach(() => {
  course = makeCourse()
})
afterEach(() => course.remove())

const lay = (source: Source = { kind: 'learner' }) => layWorkspace({ lab: findLab(course.root, '1.1'), source, dir: course.path('work') })
const laid = (path: string): string => readFileSync(course.path(`work/${path}`), 'utf8')
const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof CodedError) return `${error.code} ${error.errorTitle}`
    throw error
  }
  return 'no error'
}

test("the learner's edited and new files are laid over the starter, editor leftovers are not", () => {
  course.write(`${LAB}/src/greet.ts`, 'mine')
  course.write(`${LAB}/src/deep/new.ts`, 'new')
  course.write(`${LAB}/src/.greet.ts.swp`, 'swap')
  course.write(`${LAB}/notes.txt`, 'not beside an editable file')
  expect(lay().protectedChanged).toEqual([])
  expect(laid('src/greet.ts')).toBe('mine')
  expect(laid('src/deep/new.ts')).toBe('new')
  expect(laid('README.md')).toBe('# Greeting\n')
  expect(JSON.parse(laid('package.json'))).toEqual({ type: 'module' })
  expect(readdirSync(course.path('work/src')).sort()).toEqual(['deep', 'greet.ts', 'server.ts', 'words.lua'])
  expect(existsSync(course.path('work/notes.txt'))).toBe(false)
})

test('a changed, a removed and a replaced protected file are reported, and the originals used', () => {
  course.write(`${LAB}/src/server.ts`, 'cheat')
  course.write(`${LAB}/lab.yaml`, readFileSync(course.path(`${LAB}/lab.yaml`), 'utf8').replace('points: 2', 'points: 90'))
  rmSync(course.path(`${LAB}/README.md`))
  symlinkSync('/etc/passwd', course.path(`${LAB}/README.md`))
  expect(lay().protectedChanged).toEqual(['README.md', 'lab.yaml', 'src/server.ts'])
  expect(laid('src/server.ts')).toBe("import './greet.ts'\n")
  expect(laid('README.md')).toBe('# Greeting\n')
  expect(findLab(course.root, '1.1').kpis[0]?.points).toBe(2)
})

test('an earlier version of a protected file is no change of the learner', () => {
  course.write(`${LAB}/README.md`, '# Greeting, second edition\n')
  sealStarter(findLab(course.root, '1.1'))
  course.write(`${LAB}/README.md`, '# Greeting\n')
  expect(lay().protectedChanged).toEqual([])
  expect(laid('README.md')).toBe('# Greeting, second edition\n')
})

test('every kind of source', () => {
  course.write(`${LAB}/src/greet.ts`, 'mine')
  lay({ kind: 'starter' })
  expect(laid('src/greet.ts')).toBe("export const greet = () => ''\n")
  lay({ kind: 'solution' })
  expect(laid('src/greet.ts')).toContain('hello')
  expect(readdirSync(course.path('work')).sort()).toEqual(['README.md', 'lab.yaml', 'package.json', 'src'])
  lay({ kind: 'mutant', name: 'once' })
  expect(laid('src/greet.ts')).toContain('hello')
  expect(laid('src/words.lua')).toBe("return 'once'\n")
})

test('a mutant that changes nothing, or is not there, is refused', () => {
  course.write('solutions/1.1-greeting/mutants/same/src/greet.ts', readFileSync(course.path('solutions/1.1-greeting/src/greet.ts')))
  mkdirSync(course.path('solutions/1.1-greeting/mutants/empty'))
  expect(codeOf(() => lay({ kind: 'mutant', name: 'same' }))).toBe(
    'MR-E-020 The mutant same of lab 1.1 is the solution: src/greet.ts is the same in both.',
  )
  expect(codeOf(() => lay({ kind: 'mutant', name: 'empty' }))).toContain('MR-E-020')
  expect(codeOf(() => lay({ kind: 'mutant', name: 'none' }))).toContain('MR-E-006')
  expect(codeOf(() => lay({ kind: 'mutant', name: '../../../labs' }))).toContain('MR-E-006')
})

test.each<[string, () => void, string]>([
  ['a link as an editable file', () => relink('src/greet.ts', '/etc/passwd'), 'MR-E-014 src/greet.ts is a symbolic link'],
  ['a link as a new file', () => symlinkSync('/etc/passwd', course.path(`${LAB}/src/x.ts`)), 'MR-E-014 src/x.ts is a symbolic link'],
  ['a link as a folder', () => relink('src', course.path('solutions/1.1-greeting/src')), 'MR-E-014 src is a symbolic link'],
  ['a link as the lab', () => relink('', course.path('solutions/1.1-greeting')), 'MR-E-014 labs/1.1-greeting is no ordinary folder'],
  ['a pipe', () => void execFileSync('mkfifo', [course.path(`${LAB}/src/pipe`)]), 'MR-E-014 src/pipe is a special file'],
  ['a pipe as an editable file', () => repipe('src/greet.ts'), 'MR-E-014 src/greet.ts is a special file'],
  [
    'a folder as an editable file',
    () => {
      rmSync(course.path(`${LAB}/src/greet.ts`))
      mkdirSync(course.path(`${LAB}/src/greet.ts`))
    },
    'MR-E-014 src/greet.ts is a folder',
  ],
  ['a missing editable file', () => rmSync(course.path(`${LAB}/src/greet.ts`)), 'MR-E-018 labs/1.1-greeting/src/greet.ts is missing'],
  ['a missing lab folder', () => rmSync(course.path(LAB), { recursive: true }), 'MR-E-018 labs/1.1-greeting is missing'],
  [
    'a huge file',
    () => course.write(`${LAB}/src/big.ts`, Buffer.alloc(1024 * 1024 + 1)),
    'MR-E-016 src/big.ts makes the lab larger than 1 MB',
  ],
  ['many large files', () => many(11, 1024 * 1024), 'MR-E-016 src/n8.ts makes the lab larger than 10 MB'],
  ['too many files', () => many(501, 1), 'MR-E-015 src holds more than 500 files'],
  ['node_modules', () => course.write(`${LAB}/src/node_modules/x/index.js`, ''), 'MR-E-017 src/node_modules'],
  ['endless depth', () => course.write(`${LAB}/src/${'d/'.repeat(20)}x.ts`, ''), 'MR-E-021'],
])('%s is refused with a clear error', (_, prepare, said) => {
  prepare()
  expect(codeOf(() => lay())).toContain(said)
})

function relink(path: string, target: string): void {
  rmSync(course.path(join(LAB, path)), { recursive: true })
  symlinkSync(target, course.path(join(LAB, path)))
}

function repipe(path: string): void {
  rmSync(course.path(join(LAB, path)))
  execFileSync('mkfifo', [course.path(join(LAB, path))])
}

function many(count: number, bytes: number): void {
  const content = Buffer.alloc(bytes)
  for (let n = 0; n < count; n++) writeFileSync(course.path(`${LAB}/src/n${n}.ts`), content)
}

test('a new file cannot take the place of a protected one by its case', () => {
  course.write(`${LAB}/src/SERVER.ts`, 'cheat')
  expect(lay().protectedChanged).toEqual(['src/SERVER.ts'])
  expect(readdirSync(course.path('work/src'))).not.toContain('SERVER.ts')
})

test('the workspace is fresh each time, and executable files stay executable', () => {
  course.write('work/left/over.txt', 'old')
  course.write(`${LAB}/src/run.sh`, '#!/bin/sh\n', 0o755)
  lay()
  expect(existsSync(course.path('work/left'))).toBe(false)
  expect(statSync(course.path('work/src/run.sh')).mode & 0o111).not.toBe(0)
})
