/** The block under a KPI that did not pass: did, expected, seen, where to look. */
import { ERRORS } from '../../errors/table.ts'
import type { Terminal } from '../../ui/terminal.ts'
import { pad, shortenMiddle, widthOf, wrap } from '../../ui/text.ts'
import type { Feedback, KpiResult } from '../types.ts'
import { compare } from './compare.ts'
import { isOurs } from './facts.ts'

/** Lines beyond these stay in results.json. */
const MAX_DID = 8
const MAX_DETAILS = 10
const MAX_CHARS = 1_200

/** The lines of the block, indented, at most `width` columns wide. Empty when there is nothing to say. */
export function feedbackLines(kpi: KpiResult, term: Terminal, width: number, indent: number): string[] {
  const feedback = cleaned(kpi.feedback ?? { did: [] }, term)
  const inner = width - indent
  const lines = [
    ...blame(kpi, term, inner),
    ...did(feedback, term, inner),
    ...facts(kpi, feedback, term, inner),
    ...details(feedback, term, inner),
  ]
  return lines.map(line => `${' '.repeat(indent)}${line}`.trimEnd())
}

/** First of all for verdicts that are not the learner's: that they are not. */
function blame(kpi: KpiResult, term: Terminal, width: number): string[] {
  const words = {
    inconclusive: 'Nothing was decided, and nothing counts against you: the experiment did not come out clearly.',
    'environment-error': 'Not your program: something on this machine got in the way. Nothing counts against you.',
    'grader-error': 'Not your program: the grader itself failed. Nothing counts against you.',
  }
  return isOurs(kpi.verdict) ? wrap(words[kpi.verdict as keyof typeof words], width).map(line => term.c.yellow(line)) : []
}

function did(feedback: Feedback, term: Terminal, width: number): string[] {
  const steps = feedback.did.map(step => shortenMiddle(step, MAX_CHARS, term.sym.ellipsis))
  const shown =
    steps.length <= MAX_DID
      ? steps
      : [
          ...steps.slice(0, 2),
          `${term.sym.ellipsis} ${steps.length - MAX_DID + 1} more steps (all in results.json)`,
          ...steps.slice(3 - MAX_DID),
        ]
  return shown.flatMap(step => wrap(step, width))
}

/** The labelled lines, their values in one column. */
function facts(kpi: KpiResult, feedback: Feedback, term: Terminal, width: number): string[] {
  const rows: [label: string, value: string][] = []
  const who = whose(feedback)
  const timedOut = kpi.verdict === 'timeout' ? 'timed out' : 'because'
  const used = feedback.because === undefined ? '' : timedOut
  const column = Math.max('expected'.length, feedback.saw === undefined ? 0 : who.length, used.length) + 2
  const room = width - column
  if (feedback.subject !== undefined) rows.push([term.c.dim('judged'), feedback.subject])
  if (feedback.expected !== undefined || feedback.saw !== undefined) {
    const [expected, saw] = compare(feedback.expected ?? '', feedback.saw ?? '', room, term)
    if (feedback.expected !== undefined) rows.push([term.c.green('expected'), expected])
    if (feedback.saw !== undefined) rows.push([term.c.red(who), saw])
  }
  if (feedback.because !== undefined)
    rows.push([kpi.verdict === 'timeout' ? term.c.red(timedOut) : term.c.yellow(timedOut), feedback.because])
  if (feedback.lookAt !== undefined) rows.push([term.c.cyan('Look at'), feedback.lookAt])
  rows.push(...fix(kpi, feedback, term))
  return rows.flatMap(([label, value]) => labelled(label, value, column, width))
}

/** The code and its way out; facts that only the thrower knew are already in `because`. */
function fix(kpi: KpiResult, feedback: Feedback, term: Terminal): [string, string][] {
  const rows: [string, string][] = []
  const entry = feedback.code && feedback.code in ERRORS ? ERRORS[feedback.code as keyof typeof ERRORS] : undefined
  if (entry && entry.fix !== feedback.because && !entry.fix.includes('{')) rows.push([term.c.cyan('do this'), term.text(entry.fix)])
  else if (kpi.verdict === 'inconclusive')
    rows.push([term.c.cyan('do this'), `${term.text(kpi.replay)}  (once more, best with less running beside it)`])
  if (feedback.code) rows.push([term.c.dim('code'), `${feedback.code}  (docs/errors.md#${feedback.code.toLowerCase()})`])
  return rows
}

function labelled(label: string, value: string, column: number, width: number): string[] {
  const lines = wrap(widthOf(value) > MAX_CHARS ? shortenMiddle(value, MAX_CHARS) : value, Math.max(16, width - column))
  return lines.map((line, i) => pad(i === 0 ? label : '', column) + line)
}

function details(feedback: Feedback, term: Terminal, width: number): string[] {
  const all = feedback.details ?? []
  const shown = all.slice(0, all.length > MAX_DETAILS ? MAX_DETAILS - 1 : MAX_DETAILS)
  const rest = all.length - shown.length
  const bar = `${term.sym.bar} `
  const lines = shown.flatMap(line => wrap(shortenMiddle(line, MAX_CHARS, term.sym.ellipsis), width - 2))
  if (rest > 0) lines.push(`${term.sym.ellipsis} ${rest} more lines in results.json`)
  return lines.map(line => term.c.dim(bar + line))
}

/** Who was seen: the word the feedback itself uses for the learner's programs. */
function whose(feedback: Feedback): string {
  const text = [feedback.subject ?? '', ...feedback.did].join(' ')
  if (/\bnodes\b/i.test(text)) return 'your nodes'
  return /\bnode\b/i.test(text) ? 'your node' : 'your program'
}

function cleaned(feedback: Feedback, term: Terminal): Feedback {
  const clean = (text: string | undefined): string | undefined => (text === undefined ? undefined : term.text(text))
  return {
    did: feedback.did.map(term.text),
    subject: clean(feedback.subject),
    expected: clean(feedback.expected),
    saw: clean(feedback.saw),
    details: feedback.details?.map(term.text),
    lookAt: clean(feedback.lookAt),
    because: clean(feedback.because),
    code: feedback.code,
  }
}
