import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { labProblems } from '../course/lab-check.ts'
import { problemLines } from '../course/problem.ts'
import type { Lab } from '../course/types.ts'
import { questionProblems } from '../experiments/predictions/key.ts'

/** What a lesson should have; a lab of many KPIs may need more words than one of few. */
const LESSON_WORDS = { least: 500, most: 2500 }

const words = (markdown: string): number =>
  markdown
    .replace(/```[\s\S]*?```/g, '')
    .split(/\s+/)
    .filter(word => /\w/.test(word)).length

function* files(dir: string): Generator<string> {
  if (!existsSync(dir)) return
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else yield path
  }
}

/** What can be said of a lab without running it: the definition of done, line by line. */
export async function staticProblems(root: string, lab: Lab): Promise<string[]> {
  const problems: string[] = problemLines(labProblems(root, lab.folder))
  const need = (path: string, what: string) => {
    if (!existsSync(path)) problems.push(`${what} is missing: ${path.slice(root.length + 1)}`)
  }
  need(join(lab.labDir, 'README.md'), 'the lesson')
  need(join(lab.labDir, 'compose.yaml'), 'the starter compose file')
  need(join(lab.solutionDir, 'NOTES.md'), "the solution's notes")
  need(join(root, 'slides', `${lab.folder}.md`), 'the deck')
  for (const kpi of lab.kpis) {
    if (kpi.hints.length !== 3)
      problems.push(`${kpi.id}: ${kpi.hints.length} hints, three are wanted (a question, a pointer, a near-solution)`)
    if (kpi.mutants.length === 0) problems.push(`${kpi.id}: no mutant: a KPI that nothing is known to fail proves nothing`)
  }
  problems.push(...(await questionProblems(lab)))
  const lesson = join(lab.labDir, 'README.md')
  if (existsSync(lesson)) {
    const count = words(readFileSync(lesson, 'utf8'))
    if (count < LESSON_WORDS.least || count > LESSON_WORDS.most)
      problems.push(`the lesson has ${count} words, ${LESSON_WORDS.least} to ${LESSON_WORDS.most} are wanted`)
  }
  for (const path of files(lab.solutionDir)) {
    if (!/\.(ts|lua|sql|py|yaml|md)$/.test(path)) continue
    readFileSync(path, 'utf8')
      .split('\n')
      .forEach((line, i) => {
        if (/\b(TODO|FIXME|XXX)\b/.test(line))
          problems.push(`${path.slice(root.length + 1)}:${i + 1}: ${/TODO|FIXME|XXX/.exec(line)![0]} in a solution`)
      })
  }
  return problems
}
