/**
 * JUnit XML as CI servers read it. `fail` and `timeout` are failures; `inconclusive`, `environment-error` and `grader-error` are
 * errors (nothing was judged); `not-run` is skipped. Format: the schema of Jenkins' xunit plugin (junit-10.xsd).
 */
import type { KpiResult, Results } from '../types.ts'
import { isLearners, isOurs, labName, notRunText } from './facts.ts'
import { plainFeedback } from './plain.ts'

/** One testsuite, one testcase a KPI; times in seconds. */
export function junit(results: Results): string {
  const { kpis } = results
  const counts = {
    tests: kpis.length,
    failures: kpis.filter(k => isLearners(k.verdict)).length,
    errors: kpis.filter(k => isOurs(k.verdict)).length,
    skipped: kpis.filter(k => k.verdict === 'not-run').length,
    time: seconds(results.durationMs),
  }
  const { skipped: _, ...rootCounts } = counts
  const properties = {
    engine: results.engine,
    seed: results.seed,
    source: results.source,
    evidence: results.evidence,
    ...results.environment,
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'millrace', ...rootCounts })}>`,
    `  <testsuite${attributes({ name: `${labName(results)} ${results.title}`, ...counts, timestamp: results.startedAt.replace(/(\.\d+)?Z$/, '') })}>`,
    '    <properties>',
    ...Object.entries(properties).map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    '    </properties>',
    ...kpis.map(kpi => testcase(kpi, results)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testcase(kpi: KpiResult, results: Results): string {
  const open = `    <testcase${attributes({ name: kpi.id, classname: labName(results), time: seconds(kpi.durationMs) })}`
  if (kpi.verdict === 'pass') return `${open}/>`
  if (kpi.verdict === 'not-run') return `${open}>\n      <skipped${attributes({ message: notRunText(kpi, results) })}/>\n    </testcase>`
  const tag = isLearners(kpi.verdict) ? 'failure' : 'error'
  const message = kpi.feedback?.saw ?? kpi.feedback?.because ?? kpi.claim
  const text = escapeXml(`${kpi.claim}\n${plainFeedback(kpi)}`)
  return `${open}>\n      <${tag}${attributes({ message, type: kpi.verdict })}>${text}</${tag}>\n    </testcase>`
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

function attributes(pairs: Record<string, string | number>): string {
  return Object.entries(pairs)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replace(/\n/g, '&#10;').replace(/\r/g, '&#13;').replace(/\t/g, '&#9;')}"`)
    .join('')
}

/** XML 1.0 has no way to write most control characters, nor half a surrogate pair: they become U+FFFD (production [2] Char). */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
