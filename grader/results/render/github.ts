/** GitHub Actions annotations (workflow commands `::error …::`), so that a failure stands beside its line in the pull request. */
import type { KpiResult, Results } from '../types.ts'
import { countsText, isLearners, labName, parseLookAt, round } from './facts.ts'
import { plainFeedback } from './plain.ts'

/** An error for each KPI the learner pays for, a warning for each that could not be decided, a notice with the score. */
export function github(results: Results): string {
  const score = `${round(results.totals.earned)} of ${round(results.totals.points)} points: ${countsText(results.kpis)}`
  const lines = results.kpis.filter(kpi => kpi.verdict !== 'pass' && kpi.verdict !== 'not-run').map(kpi => annotation(kpi, results))
  return `${[...lines, command('notice', { title: `${labName(results)} ${results.title}` }, score)].join('\n')}\n`
}

function annotation(kpi: KpiResult, results: Results): string {
  const { file, line, column } = parseLookAt(kpi.feedback?.lookAt ?? '')
  const place = file ? { file: `labs/${results.folder}/${file}`, line, col: column } : {}
  const level = isLearners(kpi.verdict) ? 'error' : 'warning'
  return command(level, { ...place, title: `${labName(results)} ${kpi.id}: ${kpi.verdict}` }, `${kpi.claim}\n${plainFeedback(kpi)}`)
}

/** @see https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts for the escaping */
function command(level: string, properties: Record<string, string | number | undefined>, message: string): string {
  const stated = Object.entries(properties).filter(([, value]) => value !== undefined)
  const head = stated.map(([key, value]) => `${key}=${escapeData(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`).join(',')
  return `::${level} ${head}::${escapeData(message)}`
}

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
