import { parse } from 'csv-parse/sync'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { hostile, machineBroken, mixed, passed, sampleKpi, sampleResults } from '../samples/results.ts'
import { parseLookAt } from './facts.ts'
import { renderers } from './index.ts'

const all = { mixed, passed, machineBroken, hostile }
const { junit, csv, github } = renderers

describe('JUnit XML', () => {
  const read = (xml: string) =>
    new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      processEntities: true,
      htmlEntities: true,
      isArray: name => name === 'testcase',
    }).parse(xml)

  it.each(Object.entries(all))('%s is well-formed and counts right', (_, results) => {
    const xml = junit(results)
    expect(XMLValidator.validate(xml)).toBe(true)
    const suite = read(xml).testsuites.testsuite
    expect(suite.testcase).toHaveLength(results.kpis.length)
    const of = (tag: string) => suite.testcase.filter((test: object) => tag in test).length
    expect({ failures: of('failure'), errors: of('error'), skipped: of('skipped') }).toEqual({
      failures: Number(suite.failures),
      errors: Number(suite.errors),
      skipped: Number(suite.skipped),
    })
  })

  it('maps each verdict: failures are the learner’s, errors nobody’s points', () => {
    const cases = Object.fromEntries(read(junit(mixed)).testsuites.testsuite.testcase.map((test: { name: string }) => [test.name, test]))
    expect(cases['bucket-burst']).not.toHaveProperty('failure')
    expect(cases['no-race'].failure.message).toBe('503')
    expect(cases['fail-open'].failure.type).toBe('timeout')
    for (const id of ['fast-enough', 'survives-restart', 'limits-change']) expect(cases[id]).toHaveProperty('error')
    expect(cases['redis-cluster'].skipped.message).toBe('needs docker: pnpm grade lab-6.2 --engine docker')
    expect(cases['bucket-burst'].time).toBe('0.412')
  })

  it('carries no character that XML 1.0 cannot, and no markup of a learner', () => {
    const xml = junit(hostile)
    expect(xml).not.toMatch(/(?![\t\n\r])\p{Cc}|\p{Cs}/u)
    expect(xml).not.toContain('<evil/>')
    expect(read(xml).testsuites.testsuite.testcase[0].failure['#text']).toContain(']]></failure><evil/>')
  })

  it('golden', async () => await expect(junit(mixed)).toMatchFileSnapshot('golden/mixed.junit.xml'))
})

describe('CSV', () => {
  it.each(Object.entries(all))('%s: a row a KPI, CRLF', (_, results) => {
    const text = csv(results)
    expect(text.endsWith('\r\n')).toBe(true)
    const rows = parse(text, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[]
    expect(rows.map(row => [row['kpi'], row['verdict'], Number(row['earned'])])).toEqual(
      results.kpis.map(kpi => [kpi.id, kpi.verdict, kpi.earned]),
    )
  })

  it('runs no formula in a spreadsheet', () => {
    for (const start of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) {
      const [row] = parse(csv(sampleResults([sampleKpi({ id: 'x', claim: start, verdict: 'pass' })])), { columns: true }) as Record<
        string,
        string
      >[]
      expect(row!['claim']).toBe(`'${start}`)
    }
    const [row] = parse(csv(hostile), { columns: true }) as Record<string, string>[]
    expect(row!['feedback']).toMatch(/^'=HYPERLINK/)
  })

  it('golden', async () => await expect(csv(mixed)).toMatchFileSnapshot('golden/mixed.csv'))
})

describe('GitHub annotations', () => {
  it('stands beside the line in the learner’s file', () => {
    const line = github(mixed)
      .split('\n')
      .find(text => text.includes('bucket-refills'))
    expect(line).toMatch(
      /^::error file=labs\/6\.2-rate-limiter\/src\/token-bucket\.lua,line=9,title=lab-6\.2 bucket-refills%3A fail::a token bucket/,
    )
  })

  it('is one command a line: nothing a learner wrote can start another', () => {
    for (const results of Object.values(all)) {
      const lines = github(results).trimEnd().split('\n')
      expect(lines).toHaveLength(results.kpis.filter(kpi => kpi.verdict !== 'pass' && kpi.verdict !== 'not-run').length + 1)
      for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) /)
    }
    expect(github(hostile)).toContain('%250A::error::forged')
  })

  it('golden', async () => await expect(github(mixed)).toMatchFileSnapshot('golden/mixed.github.txt'))

  it.each([
    ['src/a.lua:9: cut?', { file: 'src/a.lua', line: 9, why: 'cut?' }],
    ['src/a.lua:9:4 cut?', { file: 'src/a.lua', line: 9, column: 4, why: 'cut?' }],
    ['src/server.ts', { file: 'src/server.ts', why: '' }],
    ['your script, all of it', { file: '', why: 'your script, all of it' }],
  ])('reads %j', (text, place) => expect(parseLookAt(text)).toEqual(place))
})
