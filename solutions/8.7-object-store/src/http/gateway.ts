import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { authenticateSigV2, isSigV2Presigned } from '../auth/sigv2-presigned.ts'
import { authenticate } from '../auth/sigv4.ts'
import type { Users } from '../auth/users.ts'
import { LIMITS } from '../limits.ts'
import { manageUsers } from '../operations/manage-users.ts'
import { formRequest } from '../operations/post-object.ts'
import { route } from '../operations/routes.ts'
import type { Store } from '../operations/store.ts'
import { ChunkCorrupt } from '../storage/chunk-codec.ts'
import { S3Error } from './errors.ts'
import { formBoundary } from './form-body.ts'
import { Payload } from './payload.ts'
import { parseRequest, type S3Request } from './request.ts'
import { errorDocument, type S3Response } from './response.ts'
import { send } from './send.ts'
import { TransferLimit } from './transfer-limit.ts'

/** What the gateway needs besides the store. */
export interface GatewayOptions {
  readonly users: Users
  /** The only region that requests may be signed for; undefined: any. */
  readonly region: string | undefined
  /** `bucket.<domain>` addresses a bucket by host name. */
  readonly domains: readonly string[]
  readonly now: () => number
  /** Told of what went wrong inside the store. */
  readonly log: (message: string) => void
}

/** The S3 gateway: HTTP in front of the store. Each request is parsed, authenticated, routed, carried out and answered, in this order. */
export function createGateway(store: Store, options: GatewayOptions): Server {
  const transfers = new TransferLimit(LIMITS.transfers, LIMITS.transferWaitMs)
  const handle = (message: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    answer(store, options, transfers, message, response, expectsContinue, () => !server.listening).catch(error => {
      options.log(`${message.method} ${message.url}: ${error instanceof Error ? error.stack : error}`)
      message.socket.destroy()
    })
  }
  const server = createServer({
    maxHeaderSize: LIMITS.headerSectionBytes,
    headersTimeout: LIMITS.headersMs,
    requestTimeout: 0,
    keepAliveTimeout: 60_000,
  })
  server.maxConnections = LIMITS.connections
  server.timeout = LIMITS.idleMs
  server.on('request', (message, response) => handle(message, response, false))
  server.on('checkContinue', (message, response) => handle(message, response, true))
  server.on('checkExpectation', (message, response) => handle(message, response, false))
  server.on('clientError', refuseMalformed)
  return server
}

async function answer(
  store: Store,
  options: GatewayOptions,
  transfers: TransferLimit,
  message: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
  stopping: () => boolean,
): Promise<void> {
  const requestId = randomBytes(8).toString('hex').toUpperCase()
  response.setHeader('x-amz-request-id', requestId)
  response.setHeader('server', 'Millrace')
  message.on('error', () => {}) // a client that goes away ends the body's iteration; it is no fault of ours
  response.on('error', () => {})
  let result: S3Response
  try {
    if (message.url === '/-/health') result = { status: 200 }
    else {
      const request = await verified(options, message, response, expectsContinue, requestId)
      const managed = await manageUsers(options.users, request)
      if (managed) result = managed
      else {
        const { operation, transfer } = route(request)
        const run = async () => {
          const done = await operation(store, request, options.region)
          if (transfer) await deliver(message, response, done, stopping)
          return done
        }
        result = transfer ? await transfers.run(run) : await run()
      }
    }
  } catch (error) {
    if (message.destroyed && !message.complete) return // nobody is there to be answered
    if (response.headersSent) throw error // the length is promised: all that is left is to break off
    result = refusal(options, message, error, requestId)
  }
  await deliver(message, response, result, stopping)
}

async function deliver(message: IncomingMessage, response: ServerResponse, result: S3Response, stopping: () => boolean): Promise<void> {
  if (response.headersSent) return
  if (stopping()) response.setHeader('connection', 'close')
  try {
    await send(response, message, result)
  } finally {
    if (typeof result.body === 'object') result.body.release?.()
  }
}

async function verified(
  options: GatewayOptions,
  message: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
  requestId: string,
): Promise<S3Request> {
  const parsed = parseRequest(message, options.domains)
  const now = options.now()
  const incoming = () => {
    if (expectsContinue) response.writeContinue()
    return message.iterator({ destroyOnReturn: false }) // a refused body must not take the connection, and the answer, with it
  }
  const boundary = formBoundary(parsed.headers.get('content-type'))
  if (boundary !== undefined && message.method === 'POST' && parsed.key === undefined && parsed.query.length === 0)
    return formRequest({ ...parsed, requestId, now }, boundary, incoming(), options)
  const auth = isSigV2Presigned(parsed.query)
    ? authenticateSigV2(parsed, options.users, now)
    : authenticate(parsed, options.users, options.region, now)
  return { ...parsed, auth, payload: new Payload(parsed.headers, auth, incoming), requestId, now }
}

function refusal(options: GatewayOptions, message: IncomingMessage, error: unknown, requestId: string): S3Response {
  const refused = asS3Error(error)
  if (refused.status >= 500) options.log(`${message.method} ${message.url}: ${error instanceof Error ? error.stack : error}`)
  const headers = { ...refused.headers, 'content-type': 'application/xml' }
  if (message.method === 'HEAD') return { status: refused.status, headers }
  return { status: refused.status, headers, body: errorDocument(refused, (message.url ?? '/').split('?')[0]!, requestId) }
}

function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error
  if (error instanceof ChunkCorrupt) return new S3Error('InternalError', 'The stored object is damaged.')
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT') return new S3Error('StorageFull')
  return new S3Error('InternalError')
}

/** What the HTTP parser could not read is answered, where there is still somebody to answer, and the connection closed. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const refused = new S3Error(error.code === 'HPE_HEADER_OVERFLOW' ? 'RequestHeaderSectionTooLarge' : 'BadRequest')
  const body = errorDocument(refused, '/', '0')
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  setTimeout(() => socket.destroy(), LIMITS.lingerMs).unref()
}
