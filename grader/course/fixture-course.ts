/** A small course in a temporary folder, for tests. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findLab } from './labs.ts'
import { sealStarter } from './starter.ts'

const HINTS = `
      - What is asked?
      - Look at src/greet.ts.
      - Return "hello" and the name.`

/** lab.yaml of the fixture lab; a test changes a line of it. */
export const MANIFEST = `id: "1.1"
title: Greeting
story: Somebody says hello.
minutes: 10
engines: [embedded, docker]
services: [valkey]
edit: [src/greet.ts, src/words.lua]
kpis:
  - id: greets
    claim: the program greets
    source: "000 level 1"
    points: 2
    mutants: [rude]
    hints:${HINTS}
  - id: greets-twice
    claim: the program greets again
    source: "000 level 1"
    points: 3
    after: [greets]
    deadline: 30
    mutants: [once]
    hints:${HINTS}
`

/** The files of the fixture course, relative to its root. */
export const COURSE: Record<string, string> = {
  'labs/1.1-greeting/lab.yaml': MANIFEST,
  'labs/1.1-greeting/README.md': '# Greeting\n',
  'labs/1.1-greeting/src/greet.ts': "export const greet = () => ''\n",
  'labs/1.1-greeting/src/words.lua': "return 'nothing'\n",
  'labs/1.1-greeting/src/server.ts': "import './greet.ts'\n",
  'solutions/1.1-greeting/NOTES.md': 'Why.\n',
  'solutions/1.1-greeting/src/greet.ts': "export const greet = (name: string) => 'hello ' + name\n",
  'solutions/1.1-greeting/tests/greet.test.ts': '// ours\n',
  'solutions/1.1-greeting/golden/rude.txt': 'golden\n',
  'solutions/1.1-greeting/mutants/rude/src/greet.ts': "export const greet = () => 'go away'\n",
  'solutions/1.1-greeting/mutants/once/src/words.lua': "return 'once'\n",
  'grader/labs/1.1-greeting/greets.test.ts': '// hidden\n',
  'grader/labs/1.1-greeting/greets-twice.test.ts': '// hidden\n',
}

/** A fixture course; `root` is its repository. Call `remove` (or use `using`) at the end. */
export interface FixtureCourse extends Disposable {
  root: string
  write(path: string, content: string | Buffer, mode?: number): void
  path(path: string): string
  remove(): void
}

/** Lays the fixture course with some files changed (`null`: left out), sealed unless told otherwise. */
export function makeCourse(changes: Record<string, string | null> = {}, options: { seal?: boolean } = {}): FixtureCourse {
  const root = mkdtempSync(join(tmpdir(), 'millrace-course-'))
  const write = (path: string, content: string | Buffer, mode?: number): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
    if (mode !== undefined) chmodSync(join(root, path), mode)
  }
  for (const [path, content] of Object.entries({ ...COURSE, ...changes })) if (content !== null) write(path, content)
  if (options.seal !== false) sealStarter(findLab(root, '1.1'))
  const remove = (): void => rmSync(root, { recursive: true, force: true })
  return { root, write, path: path => join(root, path), remove, [Symbol.dispose]: remove }
}
