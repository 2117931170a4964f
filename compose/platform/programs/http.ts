/** The little HTTP that the platform's programs have in common. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { need } from './environment.ts'

/** What a route answers: a status, and a body that is sent as JSON unless it is text of a type. */
export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

type Route = (request: IncomingMessage, url: URL) => Promise<Answer | undefined>

const BODY_BYTES = 100_000

/** The body of a request as JSON. @throws RangeError when it is long, SyntaxError when it is none */
export async function jsonBody<T>(request: IncomingMessage): Promise<T> {
  let text = ''
  for await (const chunk of request) if ((text += chunk).length > BODY_BYTES) throw new RangeError('the body is too long')
  return JSON.parse(text) as T
}

/** Serves on PORT; what a route does not know is 404, what it throws is 500 with the reason. */
export function serve(route: Route): void {
  const send = (response: ServerResponse, { status, body, headers = {} }: Answer): void => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json', ...headers })
    response.end(text)
  }
  createServer((request, response) => {
    route(request, new URL(request.url ?? '/', 'http://here'))
      .then(answer => send(response, answer ?? { status: 404, body: { error: 'not here' } }))
      .catch(error => send(response, { status: 500, body: { error: (error as Error).message } }))
  }).listen(Number(need('PORT')))
}
