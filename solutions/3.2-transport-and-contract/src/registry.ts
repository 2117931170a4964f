/** What the programs ask the schema registry. */

/** An answer of the registry; `body` is an empty object when it is no JSON. */
export interface Answer<T> {
  status: number
  body: Partial<T> & { message?: string }
}

const TYPE = 'application/vnd.schemaregistry.v1+json'

/** One request. @throws TypeError when the registry does not answer */
export async function ask<T>(url: string, path: string, method = 'GET', body?: unknown): Promise<Answer<T>> {
  const init = body === undefined ? { method } : { method, headers: { 'content-type': TYPE }, body: JSON.stringify(body) }
  const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(10_000) })
  return { status: response.status, body: ((await response.json().catch(() => ({}))) ?? {}) as Answer<T>['body'] }
}

/** Path of a subject. */
export const subjectPath = (subject: string): string => `/subjects/${encodeURIComponent(subject)}`
