/** A stand-in for the ingress, for who hands over to it: it speaks the contract's HTTP, keeps what it acknowledged, and is often behind. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { READINGS_HEADER } from '../../../../datasets/index.ts'
import type { Random } from '../../../kpi/types.ts'

/** What it saw. */
export interface StandIn {
  port: number
  /** Lines that it acknowledged, without headers. */
  lines: string[]
  /** How often it answered so; 0 is a connection that it broke before an answer. */
  answers: Map<number, number>
  /** What broke the contract, in words; the first of each kind. */
  complaints: Set<string>
}

/**
 * Listens for containers, too. The first time that it sees an X-Request-Id it is drawn what comes: taken, 429, 503, or no answer at all.
 * @param most rows of one request; more are 413
 */
export async function standIn(random: Random, most: number, cleanup: (undo: () => unknown) => void): Promise<StandIn> {
  const known = new Map<string, string>()
  const seen: StandIn = { port: 0, lines: [], answers: new Map(), complaints: new Set() }
  const answer = (response: ServerResponse, status: number): void => {
    seen.answers.set(status, (seen.answers.get(status) ?? 0) + 1)
    if (status === 0) return void response.destroy()
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' })
    response.end('{}')
  }
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const { 'x-request-id': id, 'content-type': type } = request.headers
    if (request.method !== 'POST' || request.url !== '/readings') {
      seen.complaints.add(`${request.method} ${request.url}, not POST /readings`)
      return answer(response, 404)
    }
    if (typeof id !== 'string' || (type !== 'text/csv' && type !== 'application/x-ndjson')) {
      seen.complaints.add(`a request with Content-Type ${type} and ${id ? 'an' : 'no'} X-Request-Id`)
      return answer(response, 415)
    }
    if ((known.get(id) ?? body) !== body) seen.complaints.add('two requests with the same X-Request-Id and other rows')
    const lines = body.split('\n').filter(line => line !== '')
    if (type === 'text/csv' && `${lines.shift()}\n` !== READINGS_HEADER)
      seen.complaints.add('text/csv without the header as its first line')
    if (lines.length > most) return answer(response, 413)
    if (!known.has(id)) {
      known.set(id, body)
      const status = random.pick([200, 429, 429, 503, 0])
      if (status !== 200) return answer(response, status)
    }
    seen.lines.push(...lines)
    answer(response, 200)
  }
  const server = createServer((request, response) => void take(request, response).catch(() => response.destroy()))
  await new Promise<void>(resolve => server.listen(0, '0.0.0.0', () => resolve()))
  cleanup(() => {
    server.closeAllConnections()
    server.close()
  })
  return Object.assign(seen, { port: (server.address() as AddressInfo).port })
}
