/** A small HTTP server for REST interfaces that speak JSON: routes as a table, one error shape, bounded bodies. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export interface JsonRequest {
  /** Decoded path parameters, by the names in the route's pattern. */
  params: Record<string, string>
  query: URLSearchParams
  /** Parsed; undefined when there was none. */
  body: unknown
}

/** Refused: the client reads `{ "error_code": code, "message": … }`. */
export class HttpError extends Error {
  readonly status: number
  readonly code: number

  constructor(status: number, message: string, code = status) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** An answer other than 200 with a body. */
export class Reply {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body?: unknown) {
    this.status = status
    this.body = body
  }
}

/** Method, pattern (`:name` takes one segment), handler. A handler that returns a Reply sets the status; undefined is 204; else 200. */
export type Route = readonly [method: string, pattern: string, handler: (request: JsonRequest) => unknown]

export interface JsonServerOptions {
  host: string
  port: number
  routes: readonly Route[]
  contentType: string
  /** Bytes of a request's body at most. */
  maxBody: number
  log(line: string): void
  /** What the client reads when a handler throws something that is not an HttpError. */
  internal(error: Error): HttpError
}

/** Listens; resolves with the server and its port. Rejects with the system's error, e.g. EADDRINUSE. */
export async function serveJson(options: JsonServerOptions): Promise<{ server: Server; port: number }> {
  const table = options.routes.map(([method, pattern, handler]) => ({ method, segments: pattern.split('/').slice(1), handler }))

  async function answer(request: IncomingMessage): Promise<unknown> {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2)
    const segments = path.replace(/(?<=.)\/$/, '').split('/').slice(1) // biome-ignore format: one line
    const fits = table.filter(route => matches(route.segments, segments))
    if (fits.length === 0) throw new HttpError(404, 'HTTP 404 Not Found')
    const route = fits.find(({ method }) => method === request.method)
    if (!route) throw new HttpError(405, 'HTTP 405 Method Not Allowed')
    const params = Object.fromEntries(
      route.segments.flatMap((part, i) => (part.startsWith(':') ? [[part.slice(1), decode(segments[i] ?? '')]] : [])),
    )
    return route.handler({ params, query: new URLSearchParams(query), body: await readJson(request, options.maxBody) })
  }

  const server = createServer({ requestTimeout: 30_000, maxHeaderSize: 16_384 }, (request, response) => {
    request.on('error', () => {})
    answer(request)
      .catch((error: Error) => {
        const refused = error instanceof HttpError ? error : options.internal(error)
        if (!(error instanceof HttpError)) options.log(`${request.method} ${request.url}: ${error.stack}`)
        return new Reply(refused.status, { error_code: refused.code, message: refused.message })
      })
      .then(value => send(response, value instanceof Reply ? value : new Reply(value === undefined ? 204 : 200, value)))
  })
  server.maxConnections = 1000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return { server, port: (server.address() as { port: number }).port }

  function send(response: ServerResponse, { status, body }: Reply): void {
    const text = body === undefined ? '' : JSON.stringify(body)
    response.writeHead(status, text ? { 'content-type': options.contentType, 'content-length': Buffer.byteLength(text) } : {})
    response.end(text)
  }
}

const matches = (pattern: string[], segments: string[]) =>
  pattern.length === segments.length && pattern.every((part, i) => (part.startsWith(':') ? segments[i] !== '' : part === segments[i]))

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new HttpError(400, `"${segment}" in the path is not percent-encoded UTF-8`)
  }
}

async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
    else if (size > 4 * limit) request.destroy() // A body a little too long is still read, so that the client sees the answer.
  }
  if (size > limit) throw new HttpError(413, `The body is longer than ${limit} bytes`)
  if (size === 0) return undefined
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    throw new HttpError(400, `The body is not JSON: ${(error as Error).message}`)
  }
}
