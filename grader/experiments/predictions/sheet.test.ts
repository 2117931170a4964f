import { expect, test } from 'vitest'
import type { CodedError } from '../../errors/coded-error.ts'
import { readSheet, setOf } from './sheet.ts'
import type { Drawn, Kind } from './types.ts'

const KINDS: Record<string, Kind> = {
  row: { type: 'yes-no' },
  fate: { type: 'choice', options: ['kept', 'gone'] },
  count: { type: 'number', unit: 'rows', within: 0 },
  name: { type: 'text', example: 'nginx' },
  'not-asked': { type: 'yes-no' },
}
const drawn = ['row', 'fate', 'count', 'name'].map((id): Drawn => ({ id, ask: `${id}?`, kind: KINDS[id]!, experiment: async () => true }))
const read = (text: string) => readSheet(text, { lab: '1.1', drawn, known: new Map(Object.entries(KINDS)), set: 7 })
const good = { row: 'yes', fate: 'kept', count: '10', name: 'postgres' }
const sheet = (answers: Record<string, string>, set = '7') =>
  `set: ${set}\npredictions:\n${Object.entries(answers)
    .map(([id, answer]) => `  ${id}: ${answer}\n`)
    .join('')}`
const errorOf = (text: string): string => {
  try {
    read(text)
  } catch (error) {
    return `${(error as CodedError).code} ${(error as CodedError).errorTitle} ${(error as CodedError).fix}`
  }
  return 'no error'
}

test('every kind of answer is read, with its line', () => {
  expect([...read(sheet(good))]).toEqual([
    ['row', { answer: true, line: 3 }],
    ['fate', { answer: 'kept', line: 4 }],
    ['count', { answer: 10, line: 5 }],
    ['name', { answer: 'postgres', line: 6 }],
  ])
})

test.each(['yes', 'Yes', 'true', '"yes"', 'YES'])('%s is yes', text =>
  expect(read(sheet({ ...good, row: text })).get('row')!.answer).toBe(true),
)

test('a solution answers all questions, for any set: those that were not drawn are not looked at', () => {
  expect(read(`predictions:\n  not-asked: yes\n${sheet(good).split('predictions:\n')[1]}`).size).toBe(4)
})

test.each([
  ['an unknown question, with the nearest', sheet({ ...good, fat: 'kept' }), 'MR-E-141 predictions.yaml:7 answers "fat"', 'mean fate?'],
  [
    'questions that are not there',
    sheet({ row: 'yes' }),
    'MR-E-142 predictions.yaml lacks 3 of 4 of your questions: fate, count, name',
    'pnpm predict lab-1.1',
  ],
  ['an empty file', '', 'MR-E-140 predictions.yaml:1', 'pnpm predict lab-1.1'],
  ['the untouched starter', 'predictions:\n', 'MR-E-142', 'pnpm predict lab-1.1'],
  ['an answer left open', sheet({ ...good, count: '' }), 'MR-E-143 predictions.yaml:5 leaves "count"', 'Write a number (rows)'],
  [
    'a word where yes or no is asked',
    sheet({ ...good, row: 'maybe' }),
    'MR-E-144 predictions.yaml:3: "row" takes yes or no, not "maybe"',
    '',
  ],
  ['an option that is none', sheet({ ...good, fate: 'lost' }), 'MR-E-144 predictions.yaml:4: "fate" takes one of kept, gone', ''],
  ['a number that is none', sheet({ ...good, count: 'ten' }), 'MR-E-144 predictions.yaml:5', ''],
  ['a list as an answer', sheet({ ...good, name: '[a, b]' }), 'MR-E-144 predictions.yaml:6', ''],
  ["somebody else's questions", sheet(good, '8'), 'MR-E-145 predictions.yaml:1 belongs to the questions of set 8; yours is 7', '`set: 7`'],
  ['a question answered twice', `${sheet(good)}  row: no\n`, 'MR-E-140 predictions.yaml:7', ''],
  ['another key', `${sheet(good)}answers: 3\n`, 'MR-E-140 predictions.yaml:7', ''],
  ['a list of predictions', 'set: 7\npredictions: [yes]\n', 'MR-E-140 predictions.yaml:2', ''],
  ['no YAML', 'set: 7\npredictions:\n  row: "yes\n', 'MR-E-140 predictions.yaml:', ''],
])('%s is named with its line and a way out', (_, text, title, fix) => {
  expect(errorOf(text)).toContain(title)
  expect(errorOf(text)).toContain(fix)
})

test('the set of a sheet, or none', () => {
  expect([setOf('set: 12\n'), setOf('predictions:\n'), setOf('set: -1\n'), setOf('}{'), setOf('set: 1.5')]).toEqual([
    12,
    ...Array(4).fill(undefined),
  ])
})
