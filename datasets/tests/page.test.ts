import { readFileSync } from 'node:fs'
import MarkdownIt from 'markdown-it'
import { describe, expect, test } from 'vitest'
import { DATA_ERRORS } from '../errors.ts'
import { SETTINGS, SIZES, TABLES } from '../index.ts'
import { ALERT_FIELDS, CORRUPT_REASONS, INCIDENT_FIELDS, INCIDENTS, LABEL_FIELDS, LABELS, RULES } from '../truth-schema.ts'
import { DATASET_FILES, MANIFEST } from '../write/directory.ts'
import { group } from '../write/progress.ts'

/** The tables of the page by the heading they stand under, cells as their Markdown source. */
function tablesOf(page: string): Map<string, string[][]> {
  const tables = new Map<string, string[][]>()
  const tokens = new MarkdownIt().parse(page, {})
  let heading = ''
  let rows: string[][] = []
  tokens.forEach((token, i) => {
    if (token.type === 'heading_open') heading = tokens[i + 1]!.content
    if (token.type === 'table_open') tables.set(heading, (rows = []))
    if (token.type === 'tr_open') rows.push([])
    if (token.type === 'inline' && /^t[hd]_open$/.test(tokens[i - 1]!.type)) rows.at(-1)!.push(token.content)
  })
  return tables
}

const page = tablesOf(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))
const pairs = (entries: object): string[][] => Object.entries(entries).map(([name, about]) => [`\`${name}\``, String(about)])
const fill = (title: string): string => title.replace(/\{(\w+)\}/g, '…')

const EXPECTED: Record<string, string[][]> = {
  ...Object.fromEntries(
    Object.entries(TABLES).map(([name, columns]) => [
      name === 'readings' ? 'readings.csv and readings.ndjson' : `${name}.csv`,
      [
        ['column', 'type', 'unit or values', 'NULL', 'meaning'],
        ...columns.map(c => [`\`${c.name}\``, c.type, c.unit, c.nullable ? 'yes' : 'no', c.about]),
      ],
    ]),
  ),
  Sizes: [
    ['size', 'readings', 'trucks', 'depots', 'shipments', 'incidentEverySeconds', 'tunnelEveryKm'],
    ...Object.entries(SIZES).map(([name, s]) => [
      `\`${name}\``,
      ...[s.readings, s.vehicles, s.depots, s.shipments, s.incidentEverySeconds, s.tunnelEveryKm].map(group),
    ]),
  ],
  Settings: [
    ['setting', 'default', 'from', 'to', 'meaning'],
    ...Object.entries(SETTINGS).map(([name, s]) => [
      `\`${name}\``,
      'default' in s ? group(s.default) : 'by size',
      group(s.min),
      group(s.max),
      s.about,
    ]),
  ],
  'truth/labels.ndjson': [['field', 'meaning'], ...pairs(LABEL_FIELDS)],
  Labels: [['label', 'given when'], ...pairs(LABELS)],
  'Reasons of corrupt rows': [['reason', 'what is wrong'], ...pairs(CORRUPT_REASONS)],
  'truth/alerts.ndjson': [['field', 'meaning'], ...pairs(ALERT_FIELDS)],
  Rules: [['rule', 'alerts when'], ...pairs(RULES)],
  'truth/incidents.ndjson': [['field', 'meaning'], ...pairs(INCIDENT_FIELDS)],
  Incidents: [['incident', 'what happens'], ...pairs(INCIDENTS)],
  Errors: [['code', 'says', 'next step'], ...Object.entries(DATA_ERRORS).map(([code, e]) => [`\`${code}\``, fill(e.title), fill(e.fix)])],
}

describe('README.md says what the code does', () => {
  test.each(Object.keys(EXPECTED))('table "%s"', heading => {
    expect(page.get(heading), `a table under the heading "${heading}"`).toEqual(EXPECTED[heading])
  })

  test('and lists every file that is written, no table besides', () => {
    expect(
      page
        .get('Files')
        ?.slice(1)
        .map(row => row[0]),
    ).toEqual([...DATASET_FILES, MANIFEST].map(name => `\`${name}\``))
    expect([...page.keys()].sort()).toEqual(['Files', ...Object.keys(EXPECTED)].sort())
  })
})
