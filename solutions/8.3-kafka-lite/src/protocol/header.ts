import type { Message } from './message.ts'
import type { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** Whose request it is and how to read the rest. */
export interface RequestHeader {
  apiKey: number
  apiVersion: number
  correlationId: number
  clientId: string
}

/**
 * RequestHeader v1 => api_key INT16, api_version INT16, correlation_id INT32, client_id NULLABLE_STRING (never compact)
 * RequestHeader v2 => the same, then TAGGED_FIELDS; used by flexible versions, read with {@link Reader.skipTags}.
 */
export function readRequestHeader(r: Reader): RequestHeader {
  const apiKey = r.int16()
  const apiVersion = r.int16()
  const correlationId = r.int32()
  const length = r.int16()
  return { apiKey, apiVersion, correlationId, clientId: length < 0 ? '' : r.text(length) }
}

const API_VERSIONS = 18

/**
 * ResponseHeader v0 => correlation_id INT32
 * ResponseHeader v1 => correlation_id INT32, TAGGED_FIELDS; flexible versions, except ApiVersions: a client that does not know our
 * versions yet must be able to read that answer (KIP-511).
 * Returns the whole frame: size INT32, header, body.
 */
export function encodeResponse<Res, In>(api: Message<unknown, Res, In>, version: number, correlationId: number, body: In): Buffer[] {
  const flexible = version >= api.flexibleFrom
  const w = new Writer(512)
  w.int32(correlationId)
  if (flexible && api.key !== API_VERSIONS) w.unsignedVarint(0)
  w.version = version
  w.flexible = flexible
  api.response.write(w, body)
  const size = Buffer.allocUnsafe(4)
  size.writeInt32BE(w.length)
  return [size, ...w.chunks()]
}
