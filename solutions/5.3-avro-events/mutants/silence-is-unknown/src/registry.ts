/** The schema registry, as far as these programs need it. */
/** The registry answered, and the answer is no. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const WITHIN = 3_000

/**
 * One request.
 * @param waiting called before each further try; what it throws ends the waiting
 * @throws Refused for a 4xx
 */
async function ask<T>(url: string, init: RequestInit, waiting: () => Promise<void> = async () => {}): Promise<T> {
  await waiting()
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(WITHIN) })
  if (answer.ok) return (await answer.json()) as T
  const { message = '' } = (await answer.json().catch(() => ({}))) as { message?: string }
  throw new Refused(answer.status, message)
}

/** The id of a schema under a subject; registers it if it is new. @throws Refused when the registry does not take it */
export async function register(registryUrl: string, subject: string, schema: unknown): Promise<number> {
  const { id } = await ask<{ id: number }>(`${registryUrl}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  })
  return id
}

/** A schema by its id, and the subjects under which it is registered; null when the registry knows no such id. */
export async function schemaOf(
  registryUrl: string,
  id: number,
  waiting: () => Promise<void>,
): Promise<{ schema: unknown; subjects: string[] } | null> {
  try {
    const { schema } = await ask<{ schema: string }>(`${registryUrl}/schemas/ids/${id}`, {}, waiting)
    const versions = await ask<{ subject: string }[]>(`${registryUrl}/schemas/ids/${id}/versions`, {}, waiting)
    return { schema: JSON.parse(schema), subjects: versions.map(({ subject }) => subject) }
  } catch {
    return null
  }
}
