import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeCourse } from './fixture-course.ts'
import { findLab } from './labs.ts'
import { asksForPredictions, learnersSet, spendQuestions } from './question-set.ts'

const POOLS = { 'grader/labs/1.1-greeting/predictions.ts': 'export const pools = []\n' }

test('a clone keeps its number once it has one; another clone has another', () => {
  using course = makeCourse(POOLS)
  using other = makeCourse(POOLS)
  const of = ({ root }: { root: string }) => learnersSet(root, findLab(root, '1.1')).set
  const mine = of(course)
  expect([of(course), of(course)]).toEqual([mine, mine])
  expect(of(other)).not.toBe(mine)
})

test('where no number is known, the one on the sheet is taken over; once known, the sheet changes nothing', () => {
  using course = makeCourse(POOLS)
  const lab = findLab(course.root, '1.1')
  course.write('labs/1.1-greeting/predictions.yaml', 'set: 4127\npredictions:\n')
  expect(learnersSet(course.root, lab).set).toBe(4127)
  course.write('labs/1.1-greeting/predictions.yaml', 'set: 1\npredictions:\n')
  expect(learnersSet(course.root, lab).set).toBe(4127)
})

test('a damaged state is set aside, and the number on the sheet stays the learner’s', () => {
  using course = makeCourse(POOLS)
  const lab = findLab(course.root, '1.1')
  course.write('labs/1.1-greeting/predictions.yaml', 'set: 99\npredictions:\n')
  course.write('.millrace/state/1.1.predictions.json', '{')
  const notes: string[] = []
  expect(learnersSet(course.root, lab, text => notes.push(text)).set).toBe(99)
  expect(notes.join()).toContain('set aside')
})

test('wrong answers of the learner are spent, oldest first; those of a solution are not', () => {
  using course = makeCourse(POOLS)
  const lab = findLab(course.root, '1.1')
  const run = (name: string, wrong: string[], source = 'learner') => {
    const evidence = join('.millrace/runs', name)
    mkdirSync(join(course.root, evidence, 'predicted'), { recursive: true })
    const judged = ['a', 'b', 'c'].map(id => ({ id, right: !wrong.includes(id) }))
    writeFileSync(join(course.root, evidence, 'predicted/predictions.json'), JSON.stringify(judged))
    spendQuestions(course.root, lab, { evidence, source })
    return learnersSet(course.root, lab).spent
  }
  expect(run('one', ['b'])).toEqual(['b'])
  expect(run('two', ['a'])).toEqual(['b', 'a'])
  expect(run('three', ['b'])).toEqual(['a', 'b'])
  expect(run('four', ['c'], 'solution')).toEqual(['a', 'b'])
  expect(run('five', [])).toEqual(['a', 'b'])
  rmSync(join(course.root, '.millrace/runs'), { recursive: true })
  spendQuestions(course.root, lab, { evidence: '.millrace/runs/none', source: 'learner' })
})

test('a lab without questions asks for none', () => {
  using course = makeCourse()
  expect(asksForPredictions(findLab(course.root, '1.1'))).toBe(false)
})
