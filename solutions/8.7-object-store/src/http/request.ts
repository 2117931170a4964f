import type { IncomingMessage } from 'node:http'
import type { Authenticated } from '../auth/sigv4.ts'
import { LIMITS } from '../limits.ts'
import { S3Error } from './errors.ts'
import type { Body } from './payload.ts'
import { parseQuery, type Query, uriDecode } from './uri.ts'

/** A request's target and headers, before authentication. */
export interface ParsedRequest {
  readonly method: string
  /** As sent, decoded: what the signature covers. */
  readonly path: string
  readonly query: Query
  readonly headers: ReadonlyMap<string, string>
  readonly bucket: string | undefined
  readonly key: string | undefined
}

/** An authenticated S3 request. Header names are lower case. */
export interface S3Request extends ParsedRequest {
  readonly auth: Authenticated
  readonly payload: Body
  /** The fields of a form that a browser posts, by lower-case name. */
  readonly form?: ReadonlyMap<string, string>
  readonly requestId: string
  readonly now: number
}

/** The first value of a query parameter. */
export function param(request: { readonly query: Query }, name: string): string | undefined {
  return request.query.find(([other]) => other === name)?.[1]
}

/**
 * Takes a request apart: bucket and key from the path or, for hosts below one of the domains, from the host.
 * The raw path is used: no normalization, since `a//b` and `../c` are keys like any other. Throws `InvalidURI`, `KeyTooLongError`.
 */
export function parseRequest(message: IncomingMessage, domains: readonly string[]): ParsedRequest {
  const target = message.url ?? '/'
  if (!target.startsWith('/')) throw new S3Error('InvalidURI')
  const question = target.indexOf('?')
  const rawPath = question < 0 ? target : target.slice(0, question)
  const query = parseQuery(question < 0 ? '' : target.slice(question + 1))
  const headers = headerMap(message)
  const path = uriDecode(rawPath)
  const hostBucket = bucketOfHost(headers.get('host') ?? '', domains)
  const slash = rawPath.indexOf('/', 1)
  const bucket = hostBucket ?? uriDecode(slash < 0 ? rawPath.slice(1) : rawPath.slice(1, slash))
  const key = hostBucket ? path.slice(1) : slash < 0 ? '' : uriDecode(rawPath.slice(slash + 1))
  if (Buffer.byteLength(key) > LIMITS.keyBytes) throw new S3Error('KeyTooLongError')
  return { method: message.method ?? '', path, query, headers, bucket: bucket || undefined, key: key || undefined }
}

/** All headers; several of one name are joined by a comma, in order, as SigV4 wants them. */
function headerMap(message: IncomingMessage): Map<string, string> {
  const headers = new Map<string, string>()
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i]!.toLowerCase()
    const value = message.rawHeaders[i + 1]!
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before},${value}`)
  }
  return headers
}

function bucketOfHost(host: string, domains: readonly string[]): string | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  for (const domain of domains) if (name.endsWith(`.${domain}`)) return name.slice(0, -domain.length - 1)
  return undefined
}

/** Whether this is a valid bucket name (Amazon S3 User Guide, "Bucket naming rules"). */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !/\.\.|\.-|-\./.test(name) && !/^\d+\.\d+\.\d+\.\d+$/.test(name)
}
