/** Releases a schema: the subject's rule first, then the schema, and the registry decides. */
import { readFile } from 'node:fs/promises'
import { readConfig } from './config.ts'
import { ask, subjectPath } from './registry.ts'
import type { Refusal, Released } from './types.ts'

const { registryUrl: url, subject, schemaFile } = readConfig(process.env)

const schema = await readFile(schemaFile, 'utf8')
// The registry has a rule already: everybody says that its default is BACKWARD.
const { status, body } = await ask<{ id: number }>(url, `${subjectPath(subject)}/versions`, 'POST', { schema })
if (status === 200 && body.id !== undefined) {
  const found = await ask<{ version: number }>(url, subjectPath(subject), 'POST', { schema })
  console.log(JSON.stringify({ subject, id: body.id, version: found.body.version! } satisfies Released))
} else if (status >= 500) {
  throw new Error(`the registry failed: ${status} ${body.message ?? ''}`)
} else {
  console.error(JSON.stringify({ error: 'refused', subject, status, message: body.message ?? '' } satisfies Refusal))
  process.exitCode = 3
}
