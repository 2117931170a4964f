import { expect, test } from 'vitest'
import { stable } from './golden.ts'

test.each([
  ['answered after ~412 ms on 127.0.0.1:40213', 'answered after ~N ms on 127.0.0.1:PORT'],
  ['at 2026-03-02T06:00:00.123Z', 'at TIME'],
  ["EACCES: open '/tmp/millrace-0/runs/fa71436cf8d2/scratch-x/state.json'", 'EACCES: open RUN/scratch-x/state.json\''], // biome-ignore format: one line
  ['the windows of 24 readings', 'the windows of 24 readings'],
])('%s', (text, kept) => {
  expect(stable(text)).toBe(kept)
})
