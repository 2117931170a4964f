import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FixtureCourse, makeCourse } from './fixture-course.ts'
import { findLab } from './labs.ts'
import { loadStarter, sealStarter, sha256, starterDifferences } from './starter.ts'
import { trackFiles, withUpdate } from './tracking.ts'

const LAB = 'labs/1.1-greeting'
const SEAL = 'grader/labs/1.1-greeting/starter.json'
const TEXT = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', ''].join('\n')

let course: FixtureCourse
beforeEach(() => {
  course = makeCourse({ [`${LAB}/src/greet.ts`]: TEXT })
})
afterEach(() => course.remove())

const lab = () => findLab(course.root, '1.1')
const publish = (path: string, content: string): void => {
  const mine = readFileSync(course.path(`${LAB}/${path}`))
  course.write(`${LAB}/${path}`, content)
  sealStarter(lab())
  writeFileSync(course.path(`${LAB}/${path}`), mine)
}
const stateOf = (path = 'src/greet.ts') => trackFiles(course.root, lab()).find(file => file.path === path)!

test('a seal holds every byte, and sealing again changes nothing', () => {
  course.write(`${LAB}/logo.bin`, Buffer.from([0, 255, 1, 254]))
  course.write(`${LAB}/text.txt`, 'base64:is how this text starts, with ünïcode\r\n')
  course.write(`${LAB}/run.sh`, '#!/bin/sh\n', 0o755)
  expect(sealStarter(lab())).toEqual({ version: 2, changes: ['logo.bin', 'run.sh', 'text.txt'].map(path => ({ path, change: 'added' })) })
  const text = readFileSync(course.path(SEAL), 'utf8')
  expect(sealStarter(lab())).toEqual({ version: 2, changes: [] })
  expect(readFileSync(course.path(SEAL), 'utf8')).toBe(text)
  const starter = loadStarter(lab())
  expect([...starter.files.get('logo.bin')!.content]).toEqual([0, 255, 1, 254])
  expect(starter.files.get('text.txt')!.content.toString()).toBe('base64:is how this text starts, with ünïcode\r\n')
  expect([...starter.files].filter(([, file]) => file.executable).map(([path]) => path)).toEqual(['run.sh'])
  expect(starterDifferences(lab(), starter)).toEqual([])
})

test('the history has the hash of each earlier version, also of a removed file', () => {
  publish('src/greet.ts', 'second')
  course.write(`${LAB}/src/greet.ts`, 'third')
  rmSync(course.path(`${LAB}/src/server.ts`))
  expect(sealStarter(lab()).changes).toEqual([
    { path: 'src/greet.ts', change: 'changed' },
    { path: 'src/server.ts', change: 'removed' },
  ])
  const starter = loadStarter(lab())
  expect(starter.version).toBe(3)
  expect(starter.history.get('src/greet.ts')).toEqual([sha256(TEXT), sha256('second')])
  expect(starter.history.get('src/server.ts')).toEqual([sha256("import './greet.ts'\n")])
})

test.each([
  ['{', 'JSON'],
  ['{"version":1}', 'files'],
  ['{"version":1,"files":{"../x":""},"history":{}}', 'leads out'],
])('a damaged seal %s is named', (text, said) => {
  course.write(SEAL, text)
  expect(() => loadStarter({ id: '1.1', testDir: course.path('grader/labs/1.1-greeting') })).toThrow(new RegExp(`MR-E-013.*${said}`, 's'))
})

test('an untouched file follows the starter: untouched, old, untouched', () => {
  expect(stateOf().state).toBe('untouched')
  publish('src/greet.ts', 'second')
  expect(stateOf().state).toBe('old')
  expect(withUpdate(stateOf(), loadStarter(lab()))?.toString()).toBe('second')
  course.write(`${LAB}/src/greet.ts`, 'second')
  expect(stateOf().state).toBe('untouched')
})

test('an edited file keeps its base when the starter moves on, and the update can be merged in', () => {
  stateOf()
  course.write(`${LAB}/src/greet.ts`, TEXT.replace('two', 'TWO'))
  expect(stateOf().state).toBe('edited')
  publish('src/greet.ts', TEXT.replace('nine', 'NINE'))
  expect(stateOf()).toMatchObject({ state: 'edited-old', base: Buffer.from(TEXT) })
  const merged = withUpdate(stateOf(), loadStarter(lab()))!.toString()
  expect(merged).toBe(TEXT.replace('two', 'TWO').replace('nine', 'NINE'))
  // However the update gets into the file (by hand, by git), it is noticed.
  course.write(`${LAB}/src/greet.ts`, merged)
  expect(stateOf().state).toBe('edited')
})

test('an update of the very lines that were edited is not merged', () => {
  stateOf()
  course.write(`${LAB}/src/greet.ts`, TEXT.replace('two', 'mine'))
  publish('src/greet.ts', TEXT.replace('two', 'theirs'))
  expect(stateOf().state).toBe('edited-old')
  expect(withUpdate(stateOf(), loadStarter(lab()))).toBeUndefined()
})

test('a file first seen edited is taken to come from the starter of that moment', () => {
  course.write(`${LAB}/src/greet.ts`, 'mine')
  expect(stateOf().state).toBe('edited')
  publish('src/greet.ts', `${TEXT}eleven\n`)
  expect(stateOf()).toMatchObject({ state: 'edited-old', base: Buffer.from(TEXT) })
})

test('a missing file, a link, a damaged state file and a lost object are states, not crashes', () => {
  stateOf()
  course.write(`${LAB}/src/greet.ts`, TEXT.replace('two', 'mine'))
  publish('src/greet.ts', TEXT.replace('nine', 'NINE'))
  rmSync(course.path('.millrace/objects'), { recursive: true })
  expect(stateOf()).toMatchObject({ state: 'edited-old', base: undefined })
  expect(withUpdate(stateOf(), loadStarter(lab()))).toBeUndefined()
  course.write('.millrace/state/1.1.json', '{"version":')
  const notes: string[] = []
  expect(trackFiles(course.root, lab(), undefined, note => notes.push(note))[0]?.state).toBe('edited')
  expect(notes.join()).toContain('set aside')
  rmSync(course.path(`${LAB}/src/greet.ts`))
  expect(stateOf().state).toBe('missing')
})
