/** A small JSON server. Given: not yours to change. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { BadRequest, NotYet } from './errors.ts'

export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

/** Bytes of a request's body. */
const MOST = 4 * 1024 * 1024

/** The body as JSON. Throws BadRequest when it is none, or too large. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST) throw new BadRequest(`a body has at most ${MOST} bytes`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new BadRequest('the body is not JSON')
  }
}

function failure(error: unknown): Answer {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (error instanceof BadRequest || error instanceof RangeError) return { status: 400, body: { error: message } }
  if (error instanceof NotYet) return { status: 501, body: { error: message } }
  if (message.startsWith('NOTYET ')) return { status: 501, body: { error: message.slice(7) } }
  // Redis said no: our mistake, unless it says that it cannot at the moment. Anything else: Redis could not be asked.
  if (name === 'ReplyError' && !/^(LOADING|OOM|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)/.test(message))
    return { status: 500, body: { error: message } }
  return { status: 503, body: { error: `Redis: ${message}` }, headers: { 'retry-after': '1' } }
}

/** Serve `route` on a port. A text body goes out as it is, anything else as JSON. */
export function serve(port: number, route: (request: IncomingMessage, url: URL) => Promise<Answer>): Server {
  const server = createServer((request, response) => {
    route(request, new URL(request.url ?? '/', 'http://node'))
      .catch(failure)
      .then(({ status, body, headers }) => {
        if (status >= 500) console.error(`${request.method} ${request.url}: ${status} ${JSON.stringify(body)}`)
        const text = typeof body === 'string' ? body : JSON.stringify(body)
        const type = typeof body === 'string' ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json'
        response.writeHead(status, { 'content-type': type, ...headers }).end(text)
      })
  })
  return server.listen(port)
}
