import { parseMarkdown } from '../../experiments/documents/document.ts'
import { readTable } from '../../experiments/documents/table.ts'
import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { Bench, PATIENCE, printed, V1, V2 } from './support/bench.ts'
import type { Field, Schema } from './support/changes.ts'
import { asVersion2, lines, readingsOf } from './support/readings.ts'

const FILE = 'CONTRACT.md'
const COLUMNS = [
  { name: 'field', unique: true },
  { name: 'type' },
  { name: 'required', oneOf: ['yes', 'no'] },
  { name: 'default' },
  { name: 'meaning' },
] as const

/** A type as the table writes it: `double`, `timestamp-millis`, `null or double`. */
function words(type: unknown): string {
  if (Array.isArray(type)) return type.map(words).join(' or ')
  if (typeof type === 'string') return type
  const { type: inner, logicalType } = type as { type: string; logicalType?: string }
  return logicalType ?? inner
}

kpi('contract-fields', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const rows = readTable(parseMarkdown(FILE, await learner.read(FILE)), COLUMNS, { under: 'Fields' })
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup })
  await bench.released(V1)
  await bench.released(V2)
  did(`I released ${V1} and ${V2}, and held the table of ${FILE} against what the registry gives as the latest version.`)
  const { body } = await registry.ask<{ schema: string }>(`/subjects/${bench.subject}/versions/latest`)
  const { fields } = JSON.parse(body.schema) as Schema

  const missing = fields.find(({ name }) => !rows.some(({ cells }) => cells.field === name))
  if (missing) fail({ subject: `${FILE}, Fields`, expected: `a row for ${missing.name}`, saw: 'none', lookAt: FILE })
  for (const { line, cells } of rows) {
    const field = fields.find(({ name }) => name === cells.field)
    const at = `${FILE}:${line}`
    if (!field)
      fail({
        subject: `the field ${cells.field}`,
        expected: 'a field of the latest version',
        saw: 'there is none of that name',
        lookAt: at,
      })
    const hasDefault = 'default' in field!
    for (const [what, said, is] of [
      ['type', cells.type, words(field!.type)],
      ['default', cells.default, hasDefault ? JSON.stringify((field as Field).default) : '-'],
      ['required', cells.required, hasDefault ? 'no' : 'yes'],
    ] as const)
      if (said !== is) fail({ subject: `${what} of ${cells.field}`, expected: `${is}, as the registry has it`, saw: said, lookAt: at })
  }

  // The same by what happens: each field left out once.
  const base = asVersion2(readingsOf(random, 1)[0]!, random)
  const lacking = rows.map(({ cells }) => Object.fromEntries(Object.entries(base).filter(([name]) => name !== cells.field)))
  const { err } = await bench.produce(V2, lines(lacking))
  did(`I gave src/producer.ts ${rows.length} readings of version 2, each without one field, and read them with src/consumer.ts.`)
  const refused = new Map(err.map(line => [Number(line['line']), line['field']]))
  const optional = rows.filter(({ cells }) => cells.required === 'no')
  for (const [i, { line, cells }] of rows.entries())
    if (refused.has(i + 1) !== (cells.required === 'yes'))
      fail({
        subject: `a reading without ${cells.field}`,
        expected: cells.required === 'yes' ? 'refused: it is required' : 'sent',
        saw: refused.has(i + 1) ? 'refused' : 'sent',
        lookAt: `${FILE}:${line}`,
      })
  const program = await bench.consume(V2, 'reader')
  await eventually(
    `the ${optional.length} readings that lack an optional field are printed`,
    () => printed(program).length >= optional.length,
    { within: PATIENCE },
  )
  const read = printed(program).map(({ reading }) => reading)
  for (const { line, cells } of optional) {
    const shown = read.some(
      reading =>
        JSON.stringify(reading[cells.field]) === cells.default &&
        Object.keys(base).every(name => name === cells.field || reading[name] === base[name]),
    )
    expect(shown, `a reading without ${cells.field} is read with ${cells.default} (${FILE}:${line})`).toBe(true)
  }
})
