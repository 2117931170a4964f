import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { z } from 'zod'
import { sampleEvents } from './samples/events.ts'
import * as samples from './samples/results.ts'
import { type feedbackSchema, jsonSchema, type kpiResultSchema, resultsSchema, timelineEventSchema } from './schema.ts'
import type { Feedback, KpiResult, Results, TimelineEvent } from './types.ts'

const committed = JSON.parse(readFileSync(new URL('results.schema.json', import.meta.url), 'utf8'))
const all = [samples.mixed, samples.passed, samples.machineBroken, samples.hostile]

describe('the schema of results', () => {
  it('is the type', () => {
    expectTypeOf<z.infer<typeof resultsSchema>>().toEqualTypeOf<Results>()
    expectTypeOf<z.infer<typeof kpiResultSchema>>().toEqualTypeOf<KpiResult>()
    expectTypeOf<z.infer<typeof feedbackSchema>>().toEqualTypeOf<Feedback>()
    expectTypeOf<z.infer<typeof timelineEventSchema>>().toEqualTypeOf<TimelineEvent>()
  })

  it('is the committed JSON Schema', () => {
    expect(committed, 'results.schema.json is made by: node grader/results/schema.ts --write').toEqual(jsonSchema())
    expect(committed.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
  })

  it('accepts results of every verdict, in zod and in JSON Schema', () => {
    const validate = new Ajv2020({ strict: true }).compile(committed)
    for (const results of all) {
      expect(resultsSchema.parse(results)).toEqual(results)
      validate(JSON.parse(JSON.stringify(results)))
      expect(validate.errors).toBeNull()
    }
  })

  it.each<[string, (results: Results) => unknown]>([
    ['another version', r => ({ ...r, version: 2 })],
    ['an unknown verdict', r => ({ ...r, kpis: [{ ...r.kpis[0]!, verdict: 'passed' }] })],
    ['negative points', r => ({ ...r, kpis: [{ ...r.kpis[0]!, points: -1 }] })],
    ['no next', ({ next: _, ...r }) => r],
    ['a code that is none', r => ({ ...r, kpis: [{ ...r.kpis[0]!, feedback: { did: [], code: 'E1' } }] })],
    ['an engine that is none', r => ({ ...r, engine: 'podman' })],
  ])('refuses %s', (_, change) => {
    const wrong = change(samples.mixed)
    expect(resultsSchema.safeParse(wrong).success).toBe(false)
    expect(new Ajv2020().compile(committed)(wrong)).toBe(false)
  })

  it('accepts events', () => {
    for (const event of sampleEvents()) expect(timelineEventSchema.parse(event)).toEqual(event)
  })
})
