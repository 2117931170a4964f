import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Lab } from '../course/types.ts'
import type { Feedback, Results } from '../results/types.ts'

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
  return `${failed.map(kpi => [`${kpi.verdict} ${kpi.id}: ${kpi.claim}`, ...block(kpi.feedback)].map(line => stable(line).trimEnd()).join('\n')).join('\n\n')}\n`
}

/** Path of a golden file of a lab: `solutions/<lab>/golden/<name>.txt`; the starter's is `starter.txt`. */
export const goldenPath = (lab: Lab, name: string): string => join(lab.solutionDir, 'golden', `${name}.txt`)

/** Compare with the committed file, or write it. Returns the difference in words, or null when equal. */
export function checkGolden(lab: Lab, name: string, text: string, write: boolean): string | null {
  const path = goldenPath(lab, name)
  const was = existsSync(path) ? readFileSync(path, 'utf8') : null
  if (was === text) return null
  if (write) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return null
  }
  if (was === null) return `golden/${name}.txt is missing: review what the learner reads and keep it with \`pnpm verify ${lab.id} --write\``
  const [a, b] = [was.split('\n'), text.split('\n')]
  const at = a.findIndex((line, i) => line !== b[i])
  const line = at === -1 ? a.length : at
  return `golden/${name}.txt:${line + 1}: was "${a[line] ?? '(end)'}", is "${b[line] ?? '(end)'}"`
}
