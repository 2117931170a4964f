import { conditionHeaders, evaluateRead } from '../http/conditions.ts'
import { S3Error } from '../http/errors.ts'
import { type ByteRange, parseRange } from '../http/range.ts'
import { param, type S3Request } from '../http/request.ts'
import { httpTime, quoted, type S3Response } from '../http/response.ts'
import type { ObjectVersion } from '../metadata/types.ts'
import { headerSafe } from './description.ts'
import { checksumHeaders } from './put-object.ts'
import { openObject } from './read-object.ts'
import { bucketOf, readableVersion, type Store, versionHeader } from './store.ts'

const OVERRIDES = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding']

/** GetObject and HeadObject: the same answer, with and without the bytes. */
export async function getObject(store: Store, request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(store, request.bucket!)
  const version = readableVersion(bucket, request.key!, param(request, 'versionId'))
  const headers = { ...objectHeaders(version), 'x-amz-version-id': versionHeader(bucket, version.versionId) }
  const outcome = evaluateRead(conditionHeaders(request.headers), version)
  if (outcome === 'failed') throw new S3Error('PreconditionFailed')
  if (outcome === 'not-modified')
    return {
      status: 304,
      headers: { etag: headers.etag, 'last-modified': headers['last-modified'], 'x-amz-version-id': headers['x-amz-version-id'] },
    }

  const part = partRange(request, version)
  const range = part ?? (ifRangeHolds(request, version) ? parseRange(request.headers.get('range'), version.size) : undefined)
  const { from, to } = range ?? { from: 0, to: version.size }
  const wantsChecksum = request.headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' && to - from === version.size
  const answer = {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      ...overrides(request),
      'content-length': to - from,
      ...(range ? { 'content-range': `bytes ${from}-${to - 1}/${version.size}` } : {}),
      ...(part && version.parts ? { 'x-amz-mp-parts-count': version.parts.length } : {}),
      ...(wantsChecksum ? checksumHeaders(version.checksum) : {}),
    },
  }
  return request.method === 'HEAD' ? answer : { ...answer, body: openObject(store, version.chunks, from, to) }
}

/** The headers that describe an object. */
function objectHeaders(version: ObjectVersion) {
  const tags = Object.keys(version.tags).length
  return {
    ...version.headers,
    ...Object.fromEntries(Object.entries(version.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
    etag: quoted(version.etag),
    'last-modified': httpTime(version.modified),
    'accept-ranges': 'bytes',
    ...(tags > 0 ? { 'x-amz-tagging-count': tags } : {}),
  }
}

/** `response-content-type` and its like replace what is stored. */
function overrides(request: S3Request): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of OVERRIDES) {
    const value = param(request, `response-${name}`)
    if (value !== undefined) headers[name] = headerSafe(name, value)
  }
  return headers
}

/** `partNumber=n`: the bytes of that part. An object that was not uploaded in parts has one. */
function partRange(request: S3Request, version: ObjectVersion): ByteRange | undefined {
  const text = param(request, 'partNumber')
  if (text === undefined) return undefined
  if (request.headers.has('range')) throw new S3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter')
  const number = Number(text)
  if (!/^\d{1,5}$/.test(text) || number < 1) throw new S3Error('InvalidArgument', 'partNumber must be a number from 1 to 10000.')
  let from = 0
  for (const [index, part] of (version.parts ?? [{ size: version.size }]).entries()) {
    if (index + 1 === number) return part.size > 0 ? { from, to: from + part.size } : undefined
    from += part.size
  }
  throw new S3Error('InvalidPartNumber')
}

/** RFC 9110, 13.1.5: a range counts only while the object is the one the client has a part of. */
function ifRangeHolds(request: S3Request, version: ObjectVersion): boolean {
  const condition = request.headers.get('if-range')
  return condition === undefined || condition === quoted(version.etag) || condition === httpTime(version.modified)
}
