import type { BrokerContext } from '../context.ts'
import { announcedVersions } from '../handlers/api-versions.ts'
import { ROUTES } from '../handlers/index.ts'
import { ERRORS, MalformedFrameError } from '../protocol/errors.ts'
import { encodeResponse, type RequestHeader, readRequestHeader } from '../protocol/header.ts'
import type { Message } from '../protocol/message.ts'
import { ApiVersions } from '../protocol/messages/cluster.ts'
import { Reader } from '../protocol/reader.ts'
import type { Connection } from './connection.ts'

type Answer = Buffer[] | null

/**
 * From a frame to the frame that answers it. A key or version that is not announced closes the connection, as in Kafka;
 * except ApiVersions, which is answered in version 0 with error 35 and the table, so that the client can choose again (KIP-511).
 */
export function dispatch(context: BrokerContext, frame: Buffer, connection: Connection): Promise<Answer> | Answer {
  const started = performance.now()
  const reader = new Reader(frame)
  const header = readRequestHeader(reader)
  connection.clientId = header.clientId
  context.metrics.bytesIn += frame.length + 4
  const route = ROUTES.get(header.apiKey)
  if (!route) throw new MalformedFrameError(`API key ${header.apiKey} is unknown`)
  const { api } = route
  if (header.apiVersion < api.min || header.apiVersion > api.max) {
    if (api.key === ApiVersions.key) {
      const body = { errorCode: ERRORS.UNSUPPORTED_VERSION, apiKeys: announcedVersions() }
      return encodeResponse(ApiVersions as unknown as Message<unknown, unknown, typeof body>, 0, header.correlationId, body)
    }
    throw new MalformedFrameError(`${api.name} version ${header.apiVersion} is not supported (${api.min} to ${api.max})`)
  }
  const request = readBody(api, header, reader)
  const body = route.handle(context, request, { version: header.apiVersion, clientId: header.clientId, connection })
  const finish = (value: unknown): Answer => {
    context.metrics.request(api.name, performance.now() - started, hasError(value))
    if (value === null) return null
    const buffers = encodeResponse(api as Message<unknown, unknown, unknown>, header.apiVersion, header.correlationId, value)
    for (const buffer of buffers) context.metrics.bytesOut += buffer.length
    return buffers
  }
  return body instanceof Promise ? body.then(finish) : finish(body)
}

function readBody(api: Message, header: RequestHeader, reader: Reader): unknown {
  reader.version = header.apiVersion
  reader.flexible = header.apiVersion >= api.flexibleFrom
  if (reader.flexible) reader.skipTags()
  return api.request.read(reader)
}

function hasError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'errorCode' in value && value.errorCode !== 0 && value.errorCode !== undefined
}
