/** The ladder of hints: a question, a pointer, a near-solution; one step a call, remembered. */
import MarkdownIt from 'markdown-it'
import { CodedError } from '../errors/coded-error.ts'
import { nearest } from '../ui/nearest.ts'
import { isPassed, nextKpi, readProgress, recordHint } from './progress.ts'
import { tryLoadStarter } from './starter.ts'
import type { KpiSpec, Lab } from './types.ts'

const STEPS = ['a question', 'a pointer', 'a near-solution']

/** One call's answer. */
export interface Hint {
  lab: string
  kpi: string
  claim: string
  /** Step shown now, 1–3; 4 when the ladder was climbed before: all three are shown again. */
  step: number
  /** The hint, or all three at step 4. */
  texts: string[]
  /** What to do when it does not suffice. */
  next: string
}

/**
 * The next hint of a KPI, and remembers that it was shown.
 * @param kpiId default: the first failed KPI, else the first open one
 * @returns undefined when no KPI is open
 * @throws CodedError MR-E-005 for an unknown KPI
 */
export function takeHint(root: string, lab: Lab, kpiId?: string): Hint | undefined {
  const progress = readProgress(root, lab.id)
  const kpi = kpiId === undefined ? nextKpi(lab, progress) : kpiOf(lab, kpiId)
  if (!kpi) return undefined
  const step = Math.min((progress.hints[kpi.id] ?? 0) + 1, kpi.hints.length + 1)
  if (step <= kpi.hints.length) recordHint(root, lab.id, kpi.id, step)
  const texts = step > kpi.hints.length ? kpi.hints : [kpi.hints[step - 1]!]
  return { lab: lab.id, kpi: kpi.id, claim: kpi.claim, step, texts, next: nextStep(lab, kpi, step, isPassed(lab, progress)) }
}

/** A KPI by its id. @throws CodedError MR-E-005 with the nearest */
export function kpiOf(lab: Lab, id: string): KpiSpec {
  const all = lab.kpis.map(kpi => kpi.id)
  const kpi = lab.kpis.find(({ id: other }) => other === id.toLowerCase())
  if (kpi) return kpi
  throw new CodedError('MR-E-005', { lab: lab.id, kpi: id, nearest: nearest(id, all) ?? all[0], all: all.join(', ') })
}

/** The hint as lines of plain text, for any screen. */
export function hintLines(hint: Hint): string[] {
  const name = (step: number): string => `hint ${step} of 3, ${STEPS[step - 1]}`
  const texts = hint.step <= 3 ? [`${name(hint.step)}: ${hint.texts[0]}`] : hint.texts.map((text, n) => `${name(n + 1)}: ${text}`)
  return [`${hint.kpi}: ${hint.claim}`, ...texts, hint.next]
}

/** `takeHint` as text; says so when no KPI is open. */
export function nextHint(root: string, lab: Lab, kpiId?: string): string {
  const hint = takeHint(root, lab, kpiId)
  return hint ? hintLines(hint).join('\n') : `Every KPI of lab ${lab.id} that this machine can judge has passed.`
}

function nextStep(lab: Lab, kpi: KpiSpec, step: number, passed: boolean): string {
  if (step < 3) return `the next one: pnpm hint lab-${lab.id} ${kpi.id}`
  const section = lessonSection(lab, kpi.id)
  const lesson = section ? `read "${section}" in labs/${lab.folder}/README.md` : `read the lesson, labs/${lab.folder}/README.md`
  const solution = passed
    ? `compare with the solution: pnpm diff lab-${lab.id} --solution`
    : 'the solution opens to pnpm diff once the lab is passed'
  return `that was the last hint; ${lesson}; ${solution}`
}

/** The heading of the lesson's first section that speaks of the KPI; the sealed lesson, which no learner can have put something else in place of. */
function lessonSection(lab: Lab, kpiId: string): string | undefined {
  const lesson = tryLoadStarter(lab)?.files.get('README.md')
  if (!lesson) return undefined
  const tokens = new MarkdownIt().parse(lesson.content.toString('utf8'), {})
  let heading: string | undefined
  for (const [n, token] of tokens.entries()) {
    if (token.type !== 'inline') continue
    if (tokens[n - 1]?.type === 'heading_open' && tokens[n - 1]?.tag !== 'h1') heading = token.content
    if (token.children?.some(child => child.type === 'code_inline' && child.content === kpiId)) return heading
  }
  return undefined
}
