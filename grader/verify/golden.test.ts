import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Lab } from '../course/types.ts'
import { checkGolden, stable } from './golden.ts'

test.each([
  ['answered after ~412 ms on 127.0.0.1:40213', 'answered after ~N ms on 127.0.0.1:PORT'],
  ['at 2026-03-02T06:00:00.123Z', 'at TIME'],
  ["EACCES: open '/tmp/millrace-0/runs/fa71436cf8d2/scratch-x/state.json'", 'EACCES: open RUN/scratch-x/state.json\''], // biome-ignore format: one line
  ['the windows of 24 readings', 'the windows of 24 readings'],
])('%s', (text, kept) => {
  expect(stable(text)).toBe(kept)
})

const LATE = 'fail arrives: every row arrives\n  expected  400\n  saw       397'
const TWICE = 'fail once: no row comes twice\n  saw       2 rows twice\n  · row 17\n\n  · row 18'

test.each<[how: string, text: string, difference: string | null]>([
  ['the reviewed text', `${LATE}\n\n${TWICE}\n`, null],
  ['other numbers', `${LATE.replace('397', '12')}\n\n${TWICE}\n`, null],
  ['one KPI of it: a race decides which fails', `${TWICE}\n`, null],
  ['other words', `${LATE.replace('saw', 'lost')}\n`, 'golden/slow.txt: arrives: was "  saw       397", is "  lost       397"'],
  ['a KPI nobody reviewed', 'fail fast: it is fast\n  saw       7', 'golden/slow.txt: fast: was "", is "fail fast: it is fast"'],
])('golden texts are compared KPI by KPI: %s', (_, text, difference) => {
  const solutionDir = mkdtempSync(join(tmpdir(), 'golden-'))
  onTestFinished(() => rmSync(solutionDir, { recursive: true }))
  mkdirSync(join(solutionDir, 'golden'))
  writeFileSync(join(solutionDir, 'golden', 'slow.txt'), `${LATE}\n\n${TWICE}\n`)
  expect(checkGolden({ id: '0.0', solutionDir } as Lab, 'slow', text, false)).toBe(difference)
})
