/** One row a KPI, for spreadsheets. */
import { stringify } from 'csv-stringify/sync'
import type { Results } from '../types.ts'
import { notRunText } from './facts.ts'
import { plainFeedback } from './plain.ts'

const COLUMNS = [
  'lab',
  'source',
  'kpi',
  'verdict',
  'points',
  'earned',
  'bonus',
  'duration_ms',
  'claim',
  'feedback',
  'engine',
  'seed',
  'started_at',
] as const

/**
 * RFC 4180: CRLF, quotes doubled. A field that a spreadsheet would run as a formula (it begins with = + - @, a tab or a carriage
 * return) gets a leading apostrophe: OWASP, "CSV Injection".
 */
export function csv(results: Results): string {
  const rows = results.kpis.map(kpi => [
    results.lab,
    results.source,
    kpi.id,
    kpi.verdict,
    kpi.points,
    kpi.earned,
    kpi.bonus ? 'yes' : 'no',
    Math.round(kpi.durationMs),
    kpi.claim,
    kpi.verdict === 'pass' ? '' : kpi.verdict === 'not-run' ? notRunText(kpi, results) : plainFeedback(kpi),
    results.engine,
    results.seed,
    results.startedAt,
  ])
  return stringify(rows, { header: true, columns: [...COLUMNS], record_delimiter: 'windows', escape_formulas: true })
}
