import type { IncomingMessage, ServerResponse } from 'node:http'
import { LIMITS } from '../limits.ts'
import type { S3Response } from './response.ts'

/** Sends an answer. A body is streamed with back pressure: the next piece is read when the client has taken the last. */
export async function send(response: ServerResponse, request: IncomingMessage, answer: S3Response): Promise<void> {
  const { body } = answer
  const headers: [string, string | number][] = []
  for (const [name, value] of Object.entries(answer.headers ?? {})) if (value !== undefined) headers.push([name, value])
  if (body === undefined) {
    if (!headers.some(([name]) => name === 'content-length') && answer.status !== 204 && answer.status !== 304)
      headers.push(['content-length', 0])
  } else if (typeof body === 'string') {
    headers.push(['content-length', Buffer.byteLength(body)])
  }
  // A body that nobody will read any more: say so, or the client waits for its next request to be answered behind it.
  const unread = !request.complete
  if (unread) headers.push(['connection', 'close'])
  for (const [name, value] of headers) response.setHeader(name, value)
  response.writeHead(answer.status)
  if (body === undefined || request.method === 'HEAD') response.end()
  else if (typeof body === 'string') response.end(body)
  else await stream(response, body.stream)
  if (unread) linger(request)
}

async function stream(response: ServerResponse, source: AsyncIterable<Buffer>): Promise<void> {
  for await (const data of source) {
    if (response.destroyed) return
    await written(response, data)
  }
  response.end()
}

/** Resolves when the data has gone to the kernel, or the connection is gone: only then may its buffer be used again. */
function written(response: ServerResponse, data: Buffer): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      response.off('close', done)
      resolve()
    }
    response.on('close', done)
    response.write(data, done)
  })
}

/** Reads on for a while after an early answer: a connection that is closed under a sending client takes the answer with it. */
function linger(request: IncomingMessage): void {
  const { socket } = request
  let bytes = 0
  const timer = setTimeout(() => socket.destroy(), LIMITS.lingerMs)
  request.on('data', (data: Buffer) => {
    bytes += data.length
    if (bytes > LIMITS.lingerBytes) socket.destroy()
  })
  request.on('end', () => clearTimeout(timer))
  request.on('close', () => clearTimeout(timer))
  request.on('error', () => {})
  request.resume()
}
