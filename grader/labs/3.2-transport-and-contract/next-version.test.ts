import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { Bench, V1, V2 } from './support/bench.ts'
import type { Schema } from './support/changes.ts'
import { gist } from './support/gist.ts'

kpi('next-version', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup })
  did(`I released ${V1}, then your ${V2}.`)
  await bench.released(V1)
  const { code, out, err } = await bench.release(V2)
  if (code !== 0)
    fail({
      subject: `src/release.ts with ${V2}: exit code`,
      expected: '0',
      saw: String(code),
      details: err.map(line => gist(String(line['message']))),
    })
  expect(out.at(-1)?.['version'], 'the version that it became').toBe(2)

  const { body } = await registry.ask<{ schema: string }>(`/subjects/${bench.subject}/versions/2`)
  const [v1, v2] = [JSON.parse(await learner.read(V1)) as Schema, JSON.parse(body.schema) as Schema]
  const told = ({ fields }: Schema) =>
    Object.fromEntries(fields.map(field => [field.name, JSON.stringify([field.type, 'default' in field ? field.default : 'none'])]))
  const { rear_open: _gone, ...kept } = told(v1)
  expect(told(v2), 'fields of version 2, each with its type and default').toEqual({
    ...kept,
    humidity_pct: JSON.stringify([['null', 'double'], null]),
    firmware: JSON.stringify(['string', 'unknown']),
  })
})
