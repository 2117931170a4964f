import { expect, test } from 'vitest'
import { draw } from './draw.ts'
import { readSheet } from './sheet.ts'
import { POOL } from './testing-pool.ts'
import { writeSheet } from './write.ts'

const drawn = draw(POOL, { set: 7, spent: [] })
const write = (before: string, set = 7, questions = drawn) => writeSheet(before, { lab: '1.1', set, drawn: questions })
const known = new Map(POOL.groups.flatMap(g => g.questions.map(q => [q.id, g.kind] as const)))
const yes = /^( {2}(?:kept|lost)-\d+:)$/gm

test('a first sheet names each question, its kind, and leaves the answer open', () => {
  const { text, added, open } = write('')
  expect(added).toEqual(drawn.map(({ id }) => id))
  expect(open).toEqual(added)
  expect(text).toMatch(/^# Your questions for lab 1\.1/)
  expect(text).toMatch(/\nset: 7\npredictions:\n/)
  expect(write('predictions:\n').text).toMatch(/\nset: 7\npredictions:\n/)
  for (const { id, ask } of drawn) expect(text).toMatch(new RegExp(`  # ${ask.replaceAll('?', '\\?')}\n  # → .*\n  ${id}:\n`))
})

test('written again nothing changes, to the letter', () => {
  const { text } = write('')
  expect(write(text)).toMatchObject({ text, added: [], removed: [] })
})

test('what was written can be answered and read', () => {
  const answered = write('')
    .text.replace(yes, '$1 yes')
    .replace(/^( {2}count-\d+:)$/gm, '$1 100')
  expect(readSheet(answered, { lab: '1.1', drawn, known, set: 7 }).size).toBe(4)
  expect(write(answered).open).toEqual([])
})

test('answers and comments stay when a question is replaced by another', () => {
  const first = write('').text.replace(yes, '$1 yes # because it is a volume')
  const spent = drawn.find(({ id }) => id.startsWith('lost'))!.id
  const next = draw(POOL, { set: 7, spent: [spent] })
  const { text, removed, added } = write(first, 7, next)
  expect(removed).toEqual([spent])
  expect(added).toHaveLength(1)
  expect(text.match(/yes # because it is a volume/g)).toHaveLength(2)
  expect(text).not.toContain(`${spent}:`)
})

test('a file that is no sheet is replaced by one', () => {
  for (const broken of ['}{', '- a list', 'predictions: [1]', 'predictions: {}']) expect(write(broken).added, broken).toHaveLength(4)
})
