import { createHash, createHmac } from 'node:crypto'
import { type Query, uriEncode, uriEncodePath } from '../http/uri.ts'

/** What a signature covers. Header names are lower case; a header that came several times has its values joined by a comma. */
export interface SignedParts {
  readonly method: string
  /** Decoded. */
  readonly path: string
  readonly query: Query
  readonly headers: ReadonlyMap<string, string>
  readonly signedHeaders: readonly string[]
  /** `x-amz-content-sha256`, or what stands for it. */
  readonly payloadHash: string
}

/** Date, region and service that a signing key is made for. */
export interface Scope {
  /** YYYYMMDD. */
  readonly date: string
  readonly region: string
  readonly service: string
}

/** The scope as it stands in credentials and in the string to sign. */
export function scopeText({ date, region, service }: Scope): string {
  return `${date}/${region}/${service}/aws4_request`
}

/** AWS Signature Version 4, step 1. S3's variant: the path is encoded once and not normalized. */
export function canonicalRequest(parts: SignedParts): string {
  const headers = parts.signedHeaders.map(name => `${name}:${(parts.headers.get(name) ?? '').trim().replace(/ +/g, ' ')}\n`)
  return [
    parts.method,
    uriEncodePath(parts.path),
    canonicalQuery(parts.query),
    headers.join(''),
    parts.signedHeaders.join(';'),
    parts.payloadHash,
  ].join('\n')
}

/** Step 2: what the signing key signs. Header values arrive as Latin-1 of the bytes on the wire, and go back to those bytes here. */
export function stringToSign(timestamp: string, scope: Scope, canonical: string): string {
  return ['AWS4-HMAC-SHA256', timestamp, scopeText(scope), createHash('sha256').update(canonical, 'latin1').digest('hex')].join('\n')
}

/** Step 3: the key of a scope. */
export function signingKey(secretKey: string, { date, region, service }: Scope): Buffer {
  return [date, region, service, 'aws4_request'].reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretKey}`))
}

/** Step 4: the signature, in hex. */
export function sign(key: Buffer, text: string): string {
  return hmac(key, text).toString('hex')
}

function canonicalQuery(query: Query): string {
  return query
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'latin1').digest()
}
