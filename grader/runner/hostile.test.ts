/** Hostile submissions on the whole line: none passes, none breaks the grader, and the next run in the same session is unharmed. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findLab } from '../course/labs.ts'
import { repositoryRoot } from '../course/root.ts'
import type { Lab } from '../course/types.ts'
import { Session } from './session.ts'

const root = repositoryRoot()
const lab = findLab(root, '6.2')
const temp = mkdtempSync(join(tmpdir(), 'millrace-hostile-'))
let session: Session

beforeAll(() => {
  session = new Session(root, 'embedded')
})
afterAll(async () => {
  await session.close()
  rmSync(temp, { recursive: true, force: true })
})

/** The solution as a learner would have handed it in, with one file spoilt. */
function submission(name: string, file: string, spoil: (text: string) => string): Lab {
  const labDir = join(temp, name)
  cpSync(lab.labDir, labDir, { recursive: true })
  cpSync(join(lab.solutionDir, 'src'), join(labDir, 'src'), { recursive: true })
  const path = join(labDir, 'src', file)
  writeFileSync(path, spoil(readFileSync(path, 'utf8')))
  return { ...lab, labDir }
}

const before = (code: string) => (text: string) => `${code}\n${text}`
const REPORT = `JSON.stringify({ version: 1, kpis: [{ id: 'no-race', verdict: 'pass', points: 4, earned: 4 }] })`

const HOSTILE: [name: string, kpi: string, file: string, spoil: (text: string) => string][] = [
  ['an endless script stops the server', 'bucket-refills', 'token-bucket.lua', () => 'while true do end\n'],
  ['a script that empties the server', 'bucket-refills', 'token-bucket.lua', () => "redis.call('FLUSHALL')\nreturn {1, 1, 0, 0, 0}\n"],
  ['prints what the grader wants', 'no-race', 'limiter.ts', before(`console.log(${REPORT}); console.log('PASS no-race'); process.exit(0)`)],
  [
    'forges results and reads the hidden tests',
    'no-race',
    'limiter.ts',
    before(`import fs from 'node:fs'; fs.writeFileSync('../../../results.json', ${REPORT}); fs.readdirSync('../../../grader/labs')`),
  ],
  ['kills whoever started it', 'no-race', 'limiter.ts', before(`process.kill(process.ppid, 'SIGKILL'); process.kill(-1, 'SIGKILL')`)],
  ['never ends', 'no-race', 'limiter.ts', before('for (;;) {}')],
  ['eats memory', 'no-race', 'limiter.ts', before('const held = []; setInterval(() => { for (;;) held.push(Buffer.alloc(1e7, 1)) }, 50)')],
  [
    'floods the log',
    'no-race',
    'limiter.ts',
    before(`setInterval(() => { for (let i = 0; i < 50; i++) console.log('x'.repeat(1e6)) }, 1)`),
  ],
]

test.each(HOSTILE)(
  '%s: does not pass, and the solution after it does',
  async (name, kpi, file, spoil) => {
    const request = { source: { kind: 'learner' } as const, seed: 7, only: [kpi], evidenceRoot: temp }
    const results = await session.judge({ ...request, lab: submission(name, file, spoil) })
    const judged = results.kpis.find(candidate => candidate.id === kpi)!
    expect(judged.verdict).toMatch(/^(fail|timeout)$/)
    expect([judged.earned, results.exitCode]).toEqual([0, 1])
    expect(judged.feedback?.did.length ?? 0).toBeGreaterThan(0)

    const after = await session.judge({ ...request, lab, source: { kind: 'solution' } })
    expect(after.kpis.find(candidate => candidate.id === kpi)).toMatchObject({ verdict: 'pass' })
  },
  90_000,
)
