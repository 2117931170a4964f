/** POST /readings: answered when Kafka has it, refused at once when there is no room. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Config } from './config.ts'
import type { Parser } from './parse.ts'
import type { Publisher, Row } from './publisher.ts'

const MOST_BYTES = 2 ** 20
const TYPES = ['application/json', 'application/x-ndjson', 'text/csv']

/** What the HTTP side needs. */
export interface Parts {
  config: Config
  parser: Parser
  publisher: Publisher
  /** True from SIGTERM on. */
  stopping: () => boolean
}

const answer = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

const noRoom = (response: ServerResponse): void =>
  answer(response, 429, { error: 'Kafka is behind; nothing of this request was taken' }, { 'retry-after': '1' })

/** The server; it listens already, and says so itself when it is not ready. */
export function serve(parts: Parts): Server {
  const { publisher, config } = parts
  const server = createServer((request, response) => {
    response.on('error', () => {})
    const { url, method } = request
    if (url === '/ready') return answer(response, publisher.ready ? 200 : 503, { pending: publisher.pending })
    if (url !== '/readings' || method !== 'POST') return answer(response, 404, { error: 'POST /readings or GET /ready' })
    take(parts, request, response).catch(error => {
      console.error(error)
      response.destroy()
    })
  })
  return server.listen(config.port)
}

async function take({ config, parser, publisher, stopping }: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (stopping() || !publisher.ready)
    return answer(response, 503, { error: 'not taking anything in' }, { connection: 'close', 'retry-after': '1' })
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim()
  if (!TYPES.includes(type)) return answer(response, 415, { error: TYPES.join(', ') })
  // Before the body is read: what will not fit needs no memory.
  if (publisher.pending >= config.maxPending) return noRoom(response)
  const body = await read(request)
  if (body === undefined) return answer(response, 413, { error: 'at most 1 MiB' }, { connection: 'close' })

  const source = String(request.headers['x-request-id'] ?? randomUUID())
  const rows = rowsOf(parser, type, body, source)
  if (rows.length > config.maxPending) return answer(response, 413, { error: `at most ${config.maxPending} readings` })
  // All or nothing: a client that is refused sends the same again.
  const sent: Promise<void>[] = []
  for (const row of rows) {
    if (!publisher.tryTake(1)) return noRoom(response)
    sent.push(publisher.publish([row]).finally(() => publisher.give(1)))
  }
  await Promise.all(sent)
  const accepted = rows.filter(({ parsed }) => 'reading' in parsed).length
  answer(response, accepted > 0 || rows.length === 0 ? 200 : 422, { accepted, rejected: rows.length - accepted })
}

/** The rows of a body, each with its line; of CSV, line 1 is the header. */
function rowsOf(parser: Parser, type: string, body: string, source: string): Row[] {
  const [first = '', ...others] = type === 'application/json' ? [body] : body.split('\n')
  const csv = type === 'text/csv'
  const parse = csv ? parser.csv(first) : (raw: string) => parser.json(raw)
  return (csv ? others : [first, ...others]).flatMap((text, i) => {
    const raw = text.replace(/\r$/, '')
    return raw.trim() === '' ? [] : [{ source, line: i + (csv ? 2 : 1), raw, parsed: parse(raw) }]
  })
}

/** The body as text, or undefined when it is too long. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
