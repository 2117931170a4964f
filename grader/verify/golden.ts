import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Lab } from '../course/types.ts'
import type { Feedback, Results } from '../results/types.ts'
import { printable } from '../ui/text.ts'

/**
 * What a learner reads, without what changes from run to run: numbers after a `~`, ports, process ids and times in log lines.
 * @example stable('answered after ~412 ms on 127.0.0.1:40213') // 'answered after ~N ms on 127.0.0.1:PORT'
 */
export function stable(text: string): string {
  return text
    .replace(/~\s?\d[\d., ]*\d|~\s?\d/g, '~N')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\bport \d{4,5}\b/g, 'port PORT')
    .replace(/\bpid \d+\b/g, 'pid PID')
    .replace(/\S*\/millrace-\d+\/runs\/[0-9a-f]+(?=\/)/g, 'RUN')
    .replace(/\bmr[0-9a-f]{6,}(?=[:_])/g, 'PREFIX')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
}

const block = (feedback: Feedback | undefined): string[] => {
  if (!feedback) return ['  (no feedback)']
  const lines = feedback.did.map(line => `  ${line}`)
  if (feedback.subject) lines.push(`  judged    ${feedback.subject}`)
  if (feedback.expected !== undefined) lines.push(`  expected  ${feedback.expected}`)
  if (feedback.saw !== undefined) lines.push(`  saw       ${feedback.saw}`)
  if (feedback.because) lines.push(`  because   ${feedback.because}`)
  for (const detail of feedback.details ?? []) lines.push(`  · ${detail}`)
  if (feedback.lookAt) lines.push(`  look at   ${feedback.lookAt}`)
  return lines.flatMap(line => line.split('\n'))
}

/** The golden text of a run: each KPI that did not pass, with its feedback, made stable. */
export function goldenText(results: Results): string {
  const failed = results.kpis.filter(kpi => kpi.verdict !== 'pass' && kpi.verdict !== 'not-run')
  return `${failed.map(kpi => [`${kpi.verdict} ${kpi.id}: ${kpi.claim}`, ...block(kpi.feedback)].map(line => stable(printable(line)).trimEnd()).join('\n')).join('\n\n')}\n`
}

/** Path of a golden file of a lab: `solutions/<lab>/golden/<name>.txt`; the starter's is `starter.txt`. */
export const goldenPath = (lab: Lab, name: string): string => join(lab.solutionDir, 'golden', `${name}.txt`)

/** At most so many forms of one mutant's feedback. */
const MAX_FORMS = 6

/** Numbers and drawn names apart, the same text: where a kill or a race hits decides counts, not what the learner is told. */
const shape = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    // The end of a log, and how a program says that it ends, are its own words and not ours.
    .replace(/(The last of what \S+(?: \S+)? said: |during this KPI: ).*/g, '$1…')
    .replace(/-[0-9a-f]{6}-/g, '-ID-')
    .replace(/-?\d+(?:\.\d+)?/g, 'N')
    .replace(/N(?:, N)+/g, 'N')
    .replace(/[^\S\n]+/g, ' ')

/** The committed forms: `<name>.txt`, and where a race decides which claim breaks first, `<name>.2.txt` and so on. */
function forms(lab: Lab, name: string): { path: string; text: string }[] {
  const paths = [goldenPath(lab, name), ...Array.from({ length: MAX_FORMS - 1 }, (_, i) => goldenPath(lab, `${name}.${i + 2}`))]
  return paths.filter(path => existsSync(path)).map(path => ({ path, text: readFileSync(path, 'utf8') }))
}

/** The feedback of each KPI, by its id. */
const byKpi = (text: string): Map<string, string> =>
  new Map(
    text
      .trim()
      .split(/\n\n(?=[a-z-]+ [a-z0-9-]+: )/)
      .flatMap(block => {
        const id = /^[a-z-]+ ([a-z0-9-]+): /.exec(block)?.[1]
        return id === undefined ? [] : [[id, block] as const]
      }),
  )

/**
 * Compare with the committed forms, KPI by KPI (which further KPIs a mutant breaks may be a race's choice, what each then says is not), or write: 'replace' makes this text the only form, 'add' keeps it beside the others.
 * @returns the difference in words, or null when each KPI's feedback has the shape of a reviewed one
 */
export function checkGolden(lab: Lab, name: string, text: string, write: false | 'replace' | 'add'): string | null {
  const known = forms(lab, name)
  const reviewed = known.map(form => byKpi(form.text))
  const strange = [...byKpi(text)].find(([kpi, block]) => !reviewed.some(form => shape(form.get(kpi) ?? '') === shape(block)))
  if (known.length > 0 && !strange) return null
  if (write) {
    mkdirSync(dirname(goldenPath(lab, name)), { recursive: true })
    if (write === 'replace') for (const form of known) rmSync(form.path)
    const nth = write === 'add' ? known.length + 1 : 1
    if (nth > MAX_FORMS) return `golden/${name}.txt: more than ${MAX_FORMS} forms: mark what varies with a ~`
    writeFileSync(goldenPath(lab, nth === 1 ? name : `${name}.${nth}`), text)
    return null
  }
  if (known.length === 0)
    return `golden/${name}.txt is missing: review what the learner reads and keep it with \`pnpm verify ${lab.id} --write\``
  const [kpi, is] = strange!
  const was = reviewed.find(form => form.has(kpi))?.get(kpi) ?? ''
  const [a, b] = [was.split('\n'), is.split('\n')]
  const at = a.findIndex((line, i) => shape(line) !== shape(b[i] ?? ''))
  const line = at === -1 ? a.length : at
  return `golden/${name}.txt: ${kpi}: was "${a[line] ?? '(end)'}", is "${b[line] ?? '(end)'}"`
}
