import { expect, test } from 'vitest'
import { MANIFEST } from './fixture-course.ts'
import { parseManifest } from './manifest.ts'
import { problemLines } from './problem.ts'

const check = (text: string, folder = '1.1-greeting') => {
  const { problems } = parseManifest(text, 'lab.yaml', folder)
  return problemLines(problems)
}
const change = (from: string, to: string) => {
  expect(MANIFEST).toContain(from)
  return check(MANIFEST.replace(from, to))
}

test('a right manifest has no mistakes, and what is left out gets its default', () => {
  const { manifest, problems } = parseManifest(MANIFEST, 'lab.yaml', '1.1-greeting')
  expect(problems).toEqual([])
  expect(manifest?.kpis[0]).toMatchObject({ bonus: false, after: [], needs: [], deadline: 20, starter: 'fail' })
  expect(manifest?.kpis[1]).toMatchObject({ after: ['greets'], deadline: 30 })
})

test.each([
  ['title: Greeting', 'titel: Greeting', 'lab.yaml:2:1  unknown key "titel": did you mean "title"?'],
  ['    claim: the program greets\n', '    clain: x\n', 'lab.yaml:10:5  unknown key "clain": did you mean "claim"?'],
  [
    '    points: 2',
    '    points: 2\n    colour: red',
    'lab.yaml:13:5  unknown key "colour": known keys are id, claim, source, points, bonus, after, needs, deadline, mutants, hints, starter',
  ],
  ['    points: 2\n', '', 'lab.yaml:9:5  the key "points" is missing'],
  ['    points: 2', '    points: 0', 'lab.yaml:12:13  kpis[0].points must be above 0'],
  ['    points: 2', '    points: "2"', 'lab.yaml:12:13  kpis[0].points must be a number, but is "2"'],
  ['    points: 2', '    points: 2.5', 'lab.yaml:12:13  kpis[0].points must be a whole number, but is 2.5'],
  ['id: "1.1"', 'id: 1.1', 'lab.yaml:1:5  id must be text: write it in quotes, "1.1" (YAML reads 6.10 as the number 6.1)'],
  ['id: "1.1"', 'id: "1.2"', 'lab.yaml:1:5  id "1.2" does not fit the folder 1.1-greeting, which must be named 1.2-<name>'],
  ['engines: [embedded, docker]', 'engines: [embeded]', 'lab.yaml:5:11  engines[0] cannot be "embeded": did you mean "embedded"?'],
  [
    'services: [valkey]',
    'services: [redis]',
    'lab.yaml:6:12  services[0] cannot be "redis": it is one of postgres, valkey, kafka, registry, object-store, connect',
  ],
  [
    'edit: [src/greet.ts',
    'edit: [../greet.ts',
    'lab.yaml:7:8  edit[0] must be a path below the lab folder with forward slashes, e.g. src/server.ts',
  ],
  ['      - What is asked?\n', '', 'lab.yaml:15:7  kpis[0].hints must be three: a question, a pointer, a near-solution'],
  ['after: [greets]', 'after: [greet]', 'lab.yaml:22:13  after names no KPI "greet": did you mean "greets"?'],
  ['after: [greets]', 'after: [greets-twice]', 'lab.yaml:22:13  "greets-twice" waits for itself'],
  ['deadline: 30', 'deadline: 301', 'lab.yaml:23:15  kpis[1].deadline must be at most 300 (seconds)'],
  ['id: greets-twice', 'id: greets', 'lab.yaml:18:9  two KPIs have the id "greets"'],
  ['id: greets-twice', 'id: Greets Twice', 'lab.yaml:18:9  kpis[1].id must be lower-case words joined by hyphens, e.g. "no-race"'],
  [
    '    points: 2',
    '    points: 2\n    after: [greets-twice]',
    'lab.yaml:13:12  KPIs wait for each other in a ring: greets → greets-twice → greets',
  ],
  ['services: [valkey]', 'services: [kafka]\ncompose: { kafka: [a, b] }', ''],
  [
    'services: [valkey]',
    'services: [postgres]\ncompose: { postgre: db }',
    'lab.yaml:7:12  unknown key "postgre": did you mean "postgres"?',
  ],
  [
    'services: [valkey]',
    'services: [valkey]\ncompose: { postgres: db }',
    'lab.yaml:7:12  compose maps postgres, which is not among the services',
  ],
  [
    'services: [valkey]',
    'services: [kafka, connect]\ncompose: { kafka: kafka }',
    'lab.yaml:7:12  compose maps kafka but not connect: they share one broker, map both',
  ],
  [
    'services: [valkey]',
    'services: [postgres]\ncompose: { postgres: "a b" }',
    "lab.yaml:7:22  compose.postgres must be a service's name in compose.yaml",
  ],
  [
    'engines: [embedded, docker]\nservices: [valkey]',
    'engines: [embedded]\nservices: [postgres]\ncompose: { postgres: db }',
    'lab.yaml:7:1  compose is for the engine docker, which is not among the engines',
  ],
  ['title: Greeting', 'title: [', 'not YAML'],
])('%j → %j: %s', (from, to, said) => {
  expect(change(from, to).join('\n')).toContain(said)
})

test('all mistakes are said at once, in the order of the file', () => {
  const broken = MANIFEST.replace('minutes: 10', 'minuts: 10')
    .replace('points: 2', 'points: -1')
    .replace('after: [greets]', 'after: greets')
  expect(check(broken)).toEqual([
    'lab.yaml:4:1  unknown key "minuts": did you mean "minutes"?',
    'lab.yaml:12:13  kpis[0].points must be above 0',
    'lab.yaml:22:12  kpis[1].after must be a list, but is "greets"',
  ])
})

test.each([
  ['an empty file', ''],
  ['a list', '- 1'],
  ['a word', 'hello'],
  ['two documents', `${MANIFEST}---\n${MANIFEST}`],
  ['a tab', 'id:\t"1.1"\n\ttitle: x'],
])('%s is refused with a place', (_, text) => {
  expect(check(text)[0]).toMatch(/^lab\.yaml:\d+:\d+ {2}\S/)
})

test('an alias bomb is refused', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefgh'.split('').map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`),
  ].join('\n')
  expect(check(bomb).join('\n')).toContain('not usable')
})
