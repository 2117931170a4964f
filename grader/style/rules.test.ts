/** Each rule finds what it is there for, and lets its neighbour pass. */
import { expect, test } from 'vitest'
import { RULES } from './rules.ts'
import { wordViolations } from './words.ts'

const broken = (path: string, text: string): string[] =>
  RULES.filter(rule => rule.applies(path) && rule.check({ path, text }).length > 0).map(rule => rule.name)
const line = (path: string, text: string): string[] =>
  RULES.flatMap(rule => (rule.applies(path) ? rule.check({ path, text }) : [])).map(v => `${v.path}:${v.line}`)
const long = (lines: number): string => `${Array(lines).fill('1').join('\n')}\n`

test.each([
  ['grader/x.ts', long(301), 'files are short'],
  ['grader/labs/6.2-x/no-race.test.ts', long(121), 'files are short'],
  ['grader/a/x.ts', "import { y } from '../../solutions/8.3-kafka-lite/src/log.ts'", 'the grader imports nothing from labs/ or solutions/'],
  [
    'grader/labs/6.2-x/a.test.ts',
    "const x = await import('../../../labs/6.2-x/src/a.ts')",
    'the grader imports nothing from labs/ or solutions/',
  ],
  ['grader/x.ts', "export type { X } from '../labs/a/src/x.ts'", 'the grader imports nothing from labs/ or solutions/'],
  ['grader/x.ts', '// words\nexport function f() {}', 'exported functions and classes have doc comments'],
  ['grader/x.ts', 'export const f = async () => 1', 'exported functions and classes have doc comments'],
  ['datasets/x.ts', 'export class A {}', 'exported functions and classes have doc comments'],
  ['solutions/6.2-x/src/a.lua', '-- TODO later', 'solutions are finished'],
  ['grader/x.test.ts', "test.skip('x', () => {})", 'no test is switched off'],
  ['grader/x.test.ts', "describe.only('x', () => {})", 'no test is switched off'],
  ['grader/labs/6.2-x/a.test.ts', 'await new Promise(done => setTimeout(done, 500))', 'KPI tests wait for conditions, they do not sleep'],
  [
    'grader/labs/6.2-x/a.test.ts',
    "import { setTimeout as wait } from 'node:timers/promises'",
    'KPI tests wait for conditions, they do not sleep',
  ],
  ['grader/x.ts', 'const q = `\nSELECT a,\n b,\n c,\n d,\n e\nFROM t\nWHERE c\n  AND d\n`', 'SQL, Lua and HTML live in files of their own'],
  [
    'grader/x.ts',
    "const q = `\nlocal a = redis.call('GET', KEYS[1])\nif a then\n return 1\nend\n`",
    'SQL, Lua and HTML live in files of their own',
  ],
])('%s: %j', (path, text, rule) => {
  expect(broken(path, text)).toEqual([rule])
})

test.each([
  ['grader/x.ts', long(300)],
  ['grader/x.ts', "const at = 'solutions/8.3-kafka-lite/src/main.ts'"],
  ['grader/x.ts', '/** Says it. */\nexport function f(a: number): void\nexport function f(a: string): void\nexport function f() {}'],
  [
    'grader/x.ts',
    "/** Says it. */\nexport const f = () => `a\nb`\nexport const limit = 3\nexport type X = () => void\nexport { g } from './g.ts'",
  ],
  ['grader/x.test.ts', "test.skipIf(!chromium)('x', () => {})\nconst only = 1"],
  ['grader/x.ts', 'const q = `SELECT 1 FROM t`'],
])('%s lets pass %j', (path, text) => {
  expect(broken(path, text)).toEqual([])
})

test('the line is that of the mistake', () => {
  expect(line('grader/x.ts', '/** Yes. */\nexport const a = () => 1\n\nexport const b = () => 2\n')).toEqual(['grader/x.ts:4'])
})

test('words and places', () => {
  const found = (text: string): number[] => wordViolations({ path: 'x.md', text }).map(violation => violation.line)
  expect(found(`one\nsee https://${['registry', 'npmjs', 'org'].join('.')}/x`)).toEqual([2])
  expect(found(`cd /${'work'}/main`)).toEqual([1])
  expect(found(`/${'home'}/jane/x and /${'root'}/x`)).toEqual([1, 1])
  expect(found(`a ${'seam'}less thing`)).toEqual([1])
  expect(found('.millrace/work/abc, ~/millrace, /home/node/.cache, /root alone, https://example.org/work/x')).toEqual([])
})
