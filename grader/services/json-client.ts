/** The grader's requests to REST interfaces of its own services. */

export interface JsonAnswer<T> {
  status: number
  body: T
}

/** Milliseconds for one answer: a worker that has just started loads its plug-ins first, on a busy machine for half a minute. */
const PATIENCE = 60_000
/** Milliseconds in which one that lives says so. */
const ALIVE = 10_000

/** Sends JSON and reads JSON; every status is an answer. Rejects when the connection fails or after a minute. */
export async function askJson<T = Record<string, unknown>>(
  url: string,
  path: string,
  method = 'GET',
  body?: unknown,
  within = PATIENCE,
): Promise<JsonAnswer<T>> {
  const response = await fetch(url + path, {
    method,
    signal: AbortSignal.timeout(within),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as T }
}

/** True when something answers `GET path` with 200. */
export const answersJson = (port: number, path = '/'): Promise<boolean> =>
  askJson(`http://127.0.0.1:${port}`, path, 'GET', undefined, ALIVE).then(
    ({ status }) => status === 200,
    () => false,
  )
