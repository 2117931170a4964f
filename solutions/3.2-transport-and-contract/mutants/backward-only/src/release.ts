/** Releases a schema: the subject's rule first, then the schema, and the registry decides. */
import { readFile } from 'node:fs/promises'
import { readConfig } from './config.ts'
import { ask, subjectPath } from './registry.ts'
import type { Refusal, Released } from './types.ts'

/**
 * New consumers read all old records; the old ones will be replaced soon.
 */
const LEVEL = 'BACKWARD_TRANSITIVE'

const { registryUrl: url, subject, schemaFile } = readConfig(process.env)

/** False when the registry takes no rule for a subject that has no version yet. */
async function setLevel(): Promise<boolean> {
  const { status, body } = await ask(url, `/config/${encodeURIComponent(subject)}`, 'PUT', { compatibility: LEVEL })
  if (status === 404) return false
  if (status !== 200) throw new Error(`the registry does not set the level of ${subject}: ${status} ${body.message ?? ''}`)
  return true
}

const schema = await readFile(schemaFile, 'utf8')
const ruled = await setLevel()
const { status, body } = await ask<{ id: number }>(url, `${subjectPath(subject)}/versions`, 'POST', { schema })
if (status === 200 && body.id !== undefined) {
  if (!ruled && !(await setLevel())) throw new Error(`the registry has no rule for ${subject}`)
  const found = await ask<{ version: number }>(url, subjectPath(subject), 'POST', { schema })
  console.log(JSON.stringify({ subject, id: body.id, version: found.body.version! } satisfies Released))
} else if (status >= 500) {
  throw new Error(`the registry failed: ${status} ${body.message ?? ''}`)
} else {
  console.error(JSON.stringify({ error: 'refused', subject, status, message: body.message ?? '' } satisfies Refusal))
  process.exitCode = 3
}
