/** The shape of lab.yaml. Unknown keys are mistakes; what may be left out has its default here. */
import { z } from 'zod'

/** `1.1` … `9.99`: a level and a number in it. */
export const LAB_ID = /^[1-9]\.\d{1,2}$|^8\.0$/
/** lower-case words joined by hyphens: KPI ids and mutant names are file names. */
const slug = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'must be lower-case words joined by hyphens, e.g. "no-race"' })
const sentence = z.string().trim().min(1, { error: 'must not be empty' }).max(400)
/** A service's name in a compose file, or (a cluster of brokers) several. */
const composeName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, { error: "must be a service's name in compose.yaml" })
const one = composeName.transform(name => [name])
const composeMap = z.strictObject({
  postgres: one.optional(),
  kafka: z.union([one, z.array(composeName).min(1)], { error: "must be a service's name in compose.yaml, or a list of them" }).optional(),
  registry: one.optional(),
  connect: one.optional(),
  'object-store': one.optional(),
})
/** A file below the lab folder. */
const path = z
  .string()
  .refine(text => text !== '' && !/^\/|\\|^[A-Za-z]:/.test(text) && !text.split('/').some(part => ['', '.', '..'].includes(part)), {
    error: 'must be a path below the lab folder with forward slashes, e.g. src/server.ts',
  })

const kpiSchema = z.strictObject({
  id: slug,
  claim: sentence,
  source: sentence,
  points: z.int().positive({ error: 'must be above 0' }).max(100),
  bonus: z.boolean().default(false),
  after: z.array(slug).default([]),
  needs: z.array(z.enum(['docker'])).default([]),
  deadline: z.number().positive({ error: 'must be above 0 (seconds)' }).max(300, { error: 'must be at most 300 (seconds)' }).default(20),
  mutants: z.array(slug).default([]),
  hints: z.array(sentence).length(3, { error: 'must be three: a question, a pointer, a near-solution' }),
  starter: z.enum(['fail', 'pass']).default('fail'),
})

/** lab.yaml, whole. */
export const manifestSchema = z.strictObject({
  id: z.string().regex(LAB_ID, { error: 'must be a level and a number, e.g. "6.2"' }),
  title: sentence,
  story: sentence,
  minutes: z.int().positive({ error: 'must be above 0 (minutes)' }).max(10_000),
  draft: z.boolean().default(false),
  engines: z.array(z.enum(['embedded', 'docker'])).min(1, { error: 'needs at least one of embedded, docker' }),
  services: z.array(z.enum(['postgres', 'valkey', 'kafka', 'registry', 'object-store', 'connect'])).default([]),
  compose: composeMap.default({}),
  edit: z.array(path).min(1, { error: 'needs at least one file that the learner may edit' }),
  kpis: z.array(kpiSchema).min(1, { error: 'needs at least one KPI' }).max(60),
})

/** lab.yaml after its check, defaults filled in. */
export type Manifest = z.infer<typeof manifestSchema>
