/** The house style, as far as a program can check it. Each complaint is path:line. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadLabs } from './course/labs.ts'
import { readmePart, readmeParts } from './course/readme.ts'
import { repositoryRoot } from './course/root.ts'
import { RULES } from './style/rules.ts'
import { repositoryFiles, type Violation } from './style/source.ts'
import { wordViolations } from './style/words.ts'

const root = repositoryRoot()
const files = repositoryFiles(root)
const shown = (violations: Violation[]): string[] => violations.map(({ path, line, message }) => `${path}:${line}  ${message}`)

test('there is something to check', () => {
  expect(files.length).toBeGreaterThan(100)
})

test.each(RULES)('$name', ({ applies, check }) => {
  expect(shown(files.filter(({ path }) => applies(path)).flatMap(check))).toEqual([])
})

test('no registry host names, no paths of one machine, no hype', () => {
  expect(shown(files.flatMap(wordViolations))).toEqual([])
})

test('all manifests are right: KPI ids unique, locks without rings, every key known', () => {
  expect(loadLabs(root).length).toBeGreaterThan(0)
})

test.each(['labs', 'figures'])("the README's table of %s is right (pnpm millrace readme writes it)", name => {
  expect(readmePart(readFileSync(join(root, 'README.md'), 'utf8'), name)).toBe(readmeParts(root)[name])
})

test("the README's commands are the scripts of package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const named = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^\| `pnpm (\w+)/gm)].map(match => match[1]!)
  expect([...new Set(named)].sort()).toEqual(
    Object.keys(scripts)
      .filter(name => !['lint', 'format'].includes(name))
      .sort(),
  )
})

test('links in our pages lead to files', () => {
  const broken = files
    .filter(({ path }) => /^(README|docs\/[^/]+)\.md$/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .filter(([, to]) => !existsSync(join(root, path, '..', to!)))
        .map(([, to]) => `${path} -> ${to}`),
    )
  expect(broken).toEqual([])
})

test('every top-level folder of the map is there', () => {
  const missing = ['labs', 'solutions', 'grader', 'compose', 'datasets', 'slides', 'docs', '.devcontainer', 'LICENSE', 'README.md'].filter(
    name => !existsSync(join(root, name)),
  )
  expect(missing).toEqual([])
})
