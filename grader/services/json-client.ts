/** The grader's requests to REST interfaces of its own services. */

export interface JsonAnswer<T> {
  status: number
  body: T
}

/** Sends JSON and reads JSON; every status is an answer. Rejects when the connection fails or after 10 s. */
export async function askJson<T = Record<string, unknown>>(
  url: string,
  path: string,
  method = 'GET',
  body?: unknown,
): Promise<JsonAnswer<T>> {
  const response = await fetch(url + path, {
    method,
    signal: AbortSignal.timeout(10_000),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as T }
}

/** True when something answers `GET path` with 200. */
export const answersJson = (port: number, path = '/'): Promise<boolean> =>
  askJson(`http://127.0.0.1:${port}`, path).then(
    ({ status }) => status === 200,
    () => false,
  )
