import { createHmac, timingSafeEqual } from 'node:crypto'
import { S3Error } from '../http/errors.ts'
import { type Query, uriEncodePath } from '../http/uri.ts'
import type { Authenticated, UnverifiedRequest } from './sigv4.ts'
import type { Users } from './users.ts'

/** Query parameters that are part of the resource and therefore signed. */
const SUBRESOURCE =
  /^(acl|accelerate|cors|delete|encryption|lifecycle|location|logging|notification|object-lock|partNumber|policy|replication|requestPayment|restore|tagging|torrent|uploadId|uploads|versionId|versioning|versions|website|response-(content-type|content-language|expires|cache-control|content-disposition|content-encoding))$/

/** Whether a URL is presigned in the old way. */
export function isSigV2Presigned(query: Query): boolean {
  return query.some(([name]) => name === 'AWSAccessKeyId')
}

/**
 * Verifies a URL presigned with Signature Version 2: still what boto3 makes when nothing else is configured.
 * Version 2 in the Authorization header is refused. (Amazon S3 Developer Guide 2006-03-01, "Query String Request Authentication Alternative".)
 * Throws an `S3Error` where the signature is wrong or the URL has expired.
 */
export function authenticateSigV2(request: UnverifiedRequest, users: Users, now: number): Authenticated {
  const param = (name: string) => request.query.find(([other]) => other === name)?.[1]
  const expires = param('Expires') ?? ''
  const signature = param('Signature') ?? ''
  if (!/^\d{1,12}$/.test(expires))
    throw new S3Error('AccessDenied', 'Query-string authentication version 2 requires the Signature, Expires and AWSAccessKeyId parameters')
  const user = users.get(param('AWSAccessKeyId') ?? '')
  if (!user) throw new S3Error('InvalidAccessKeyId')
  const expected = createHmac('sha1', user.secretKey).update(stringToSign(request, expires), 'latin1').digest()
  const given = Buffer.from(signature, 'base64')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new S3Error('SignatureDoesNotMatch')
  if (now > Number(expires) * 1000) throw new S3Error('AccessDenied', 'Request has expired')
  return {
    user,
    payloadHash: 'UNSIGNED-PAYLOAD',
    signature,
    timestamp: '',
    scope: { date: '', region: '', service: 's3' },
    signingKey: Buffer.alloc(0),
    presigned: true,
  }
}

function stringToSign({ method, path, query, headers }: UnverifiedRequest, expires: string): string {
  // What the client had as headers when it signed may come as query parameters.
  const all = new Map([...query.map(([name, value]) => [name.toLowerCase(), value] as const), ...headers])
  const amz = [...all]
    .filter(([name]) => name.startsWith('x-amz-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
  const resources = query
    .filter(([name]) => SUBRESOURCE.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  const resource = `${uriEncodePath(path)}${resources.length > 0 ? `?${resources.join('&')}` : ''}`
  return `${[method, all.get('content-md5') ?? '', all.get('content-type') ?? '', expires].join('\n')}\n${amz.join('')}${resource}`
}
