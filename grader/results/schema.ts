/** The schema of results.json and of events.ndjson: what is read back from disk is checked against it. */
import { z } from 'zod'
import { VERDICTS } from './types.ts'

const ms = z.number().min(0).describe('milliseconds')

export const feedbackSchema = z
  .object({
    did: z.array(z.string()).describe('What the grader did, in order, in the first person.'),
    subject: z.string().optional().describe('What was judged.'),
    expected: z.string().optional(),
    saw: z.string().optional(),
    details: z.array(z.string()).optional().describe('Further facts, each a line.'),
    lookAt: z.string().optional().describe('File, line and why, e.g. "src/bucket.lua:9: cut to whole seconds?".'),
    because: z.string().optional().describe('For timeout, inconclusive, environment and grader errors: what happened and what to do.'),
    code: z
      .string()
      .regex(/^MR-E-\d{3}$/)
      .optional()
      .describe('Code of docs/errors.md.'),
  })
  .describe('What a learner reads when a KPI did not pass.')

export const kpiResultSchema = z
  .object({
    id: z.string().min(1),
    claim: z.string(),
    verdict: z.enum(VERDICTS),
    reason: z.enum(['locked', 'needs-docker', 'filtered', 'cancelled']).optional().describe('Only with not-run.'),
    waitsFor: z.array(z.string()).optional().describe('With locked: the KPIs it waits for.'),
    points: z.number().min(0),
    bonus: z.boolean(),
    earned: z.number().min(0).describe('points when passed, else 0.'),
    durationMs: ms,
    feedback: feedbackSchema.optional(),
    replay: z.string().describe('The command that runs just this KPI again with the same seed.'),
  })
  .describe('One graded claim and its verdict.')

export const resultsSchema = z
  .object({
    version: z.literal(1).describe('Version of this schema.'),
    lab: z.string().min(1),
    folder: z.string().min(1),
    title: z.string(),
    story: z.string().optional(),
    engine: z.enum(['embedded', 'docker']),
    seed: z.number(),
    source: z.string().describe("'learner', 'starter', 'solution' or 'mutant:<name>'."),
    startedAt: z.string().describe('ISO 8601, UTC.'),
    durationMs: ms,
    kpis: z.array(kpiResultSchema),
    totals: z
      .object({ earned: z.number(), points: z.number(), bonusEarned: z.number(), bonusPoints: z.number() })
      .describe('Points without bonus; bonus apart.'),
    unenforced: z.array(z.string()).describe('Limits that this platform cannot enforce, each a sentence.'),
    protectedChanged: z.array(z.string()).describe('Protected files that differ from the original; the original was used.'),
    environment: z.record(z.string(), z.string()).describe('Versions that matter for reading the result.'),
    evidence: z.string().describe('Evidence folder, relative to the repository.'),
    exitCode: z.int().min(0).max(255),
    next: z.string().nullable().describe('The one next command, or null when everything is done.'),
  })
  .describe('What `pnpm grade` found out about one lab: the one shape that every view is rendered from.')

export const timelineEventSchema = z.object({
  kpi: z.string(),
  lane: z.string(),
  kind: z.enum(['op', 'fault', 'log', 'mark']),
  at: z.number(),
  until: z.number().optional(),
  label: z.string(),
  ok: z.boolean().optional(),
  detail: z.record(z.string(), z.unknown()).optional(),
})

/** JSON Schema (draft 2020-12) of results.json, as committed in results.schema.json. */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, ...body } = z.toJSONSchema(resultsSchema, { target: 'draft-2020-12' }) as Record<string, unknown>
  return { $schema, $id: 'https://millrace.invalid/results.schema.json', title: 'Millrace results, version 1', ...body }
}

if (import.meta.main && process.argv.includes('--write')) {
  const { writeFileSync } = await import('node:fs')
  writeFileSync(new URL('results.schema.json', import.meta.url), `${JSON.stringify(jsonSchema(), null, 2)}\n`)
}
