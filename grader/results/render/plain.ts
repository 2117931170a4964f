/** Feedback as plain lines, for views that have one text field. Complete: nothing is shortened. */
import { printable } from '../../ui/text.ts'
import type { KpiResult } from '../types.ts'

/** One fact a line; the replay command last. */
export function plainFeedback(kpi: KpiResult): string {
  const { did = [], subject, expected, saw, details = [], lookAt, because, code } = kpi.feedback ?? { did: [] }
  const labelled: [string, string | undefined][] = [
    ['judged', subject],
    ['expected', expected],
    ['seen', saw],
    ['because', because],
    ['look at', lookAt],
    ['code', code],
    ['replay', kpi.replay],
  ]
  const facts = labelled.filter(([, value]) => value !== undefined).map(([label, value]) => `${label}: ${value}`)
  return [...did, ...facts.slice(0, -1), ...details, ...facts.slice(-1)].map(line => printable(line)).join('\n')
}
