import { expect, test } from 'vitest'
import { group, Progress } from '../write/progress.ts'

function show(isTTY: boolean): string[] {
  const written: string[] = []
  let now = 0
  const progress = new Progress({ isTTY, write: text => written.push(text) }, () => now)
  for (now = 0; now <= 12_000; now += 100) progress.update(now * 10, 240_000)
  progress.done()
  return written
}

test('says nothing in the first two seconds', () => {
  const written: string[] = []
  const progress = new Progress({ isTTY: true, write: text => written.push(text) }, () => 1_999)
  progress.update(1, 2)
  progress.done()
  expect(written).toEqual([])
})

test('is a plain line every five seconds where there is no terminal', () => {
  expect(show(false)).toEqual([
    '8 %  20,000 of 240,000 readings, about 22 s left\n',
    '29 %  70,000 of 240,000 readings, about 17 s left\n',
    '50 %  120,000 of 240,000 readings, about 12 s left\n',
  ])
})

test('rewrites one line on a terminal, and clears it at the end', () => {
  const written = show(true)
  expect(written.length).toBe(52)
  expect(written.slice(0, -1).every(text => text.startsWith('\r\u001b[K') && !text.includes('\n'))).toBe(true)
  expect(written.at(-1)).toBe('\r\u001b[K')
})

test('groups digits without a locale', () => expect([0, 999, 1000, 1234567].map(group)).toEqual(['0', '999', '1,000', '1,234,567']))
