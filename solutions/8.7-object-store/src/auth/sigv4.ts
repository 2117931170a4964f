import { timingSafeEqual } from 'node:crypto'
import { type ErrorCode, S3Error } from '../http/errors.ts'
import type { Query } from '../http/uri.ts'
import { LIMITS } from '../limits.ts'
import { canonicalRequest, type Scope, scopeText, sign, signingKey, stringToSign } from './canonical.ts'
import type { User, Users } from './users.ts'

const ALGORITHM = 'AWS4-HMAC-SHA256'
const HEADER = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+)\s*,\s*SignedHeaders=([^,\s]+)\s*,\s*Signature=([0-9a-f]{64})\s*$/
const TIMESTAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** The request as it came, before anything in it is believed. */
export interface UnverifiedRequest {
  readonly method: string
  /** Decoded. */
  readonly path: string
  readonly query: Query
  readonly headers: ReadonlyMap<string, string>
}

/** Who sent a request, and what is needed to verify the chunks of its body. */
export interface Authenticated {
  readonly user: User
  /** `x-amz-content-sha256`: a hash, UNSIGNED-PAYLOAD or one of the STREAMING kinds. */
  readonly payloadHash: string
  readonly signature: string
  readonly timestamp: string
  readonly scope: Scope
  readonly signingKey: Buffer
  readonly presigned: boolean
}

interface Claim {
  readonly credential: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  readonly timestamp: string
  readonly payloadHash: string
  readonly malformed: 'AuthorizationHeaderMalformed' | 'AuthorizationQueryParametersError'
  /** Seconds; only presigned URLs have it. */
  readonly expires?: number
}

/**
 * Verifies a request's signature (AWS Signature Version 4, in the Authorization header or in the query).
 * Throws an `S3Error` for every request that is not signed by a known user, now, for this region (undefined: any).
 */
export function authenticate(request: UnverifiedRequest, users: Users, region: string | undefined, now: number): Authenticated {
  const presigned = request.query.some(([name]) => name === 'X-Amz-Algorithm')
  const claim = presigned ? claimFromQuery(request) : claimFromHeader(request)
  const { accessKey, scope } = parseCredential(claim, region)
  const user = users.get(accessKey)
  if (!user) throw new S3Error('InvalidAccessKeyId')
  checkTime(claim, scope, now)
  checkSignedHeaders(request, claim)
  const key = signingKey(user.secretKey, scope)
  const query = request.query.filter(([name]) => name !== 'X-Amz-Signature')
  const canonical = canonicalRequest({ ...request, query, signedHeaders: claim.signedHeaders, payloadHash: claim.payloadHash })
  const expected = sign(key, stringToSign(claim.timestamp, scope, canonical))
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(claim.signature))) throw new S3Error('SignatureDoesNotMatch')
  return { user, payloadHash: claim.payloadHash, signature: claim.signature, timestamp: claim.timestamp, scope, signingKey: key, presigned }
}

function claimFromHeader({ headers }: UnverifiedRequest): Claim {
  const authorization = headers.get('authorization')
  if (authorization === undefined) throw new S3Error('AccessDenied')
  if (!authorization.startsWith(ALGORITHM)) {
    throw new S3Error('InvalidRequest', 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.')
  }
  const match = HEADER.exec(authorization)
  if (!match) throw new S3Error('AuthorizationHeaderMalformed')
  const payloadHash = headers.get('x-amz-content-sha256')
  if (payloadHash === undefined)
    throw new S3Error('MissingSecurityHeader', 'Missing required header for this request: x-amz-content-sha256')
  const timestamp = headers.get('x-amz-date') ?? timestampOf(headers.get('date'))
  return {
    credential: match[1]!,
    signedHeaders: match[2]!.split(';'),
    signature: match[3]!,
    timestamp,
    payloadHash,
    malformed: 'AuthorizationHeaderMalformed',
  }
}

function claimFromQuery({ headers, query }: UnverifiedRequest): Claim {
  const malformed = 'AuthorizationQueryParametersError'
  const one = (name: string): string => {
    const values = query.filter(([other]) => other === name)
    if (values.length !== 1) throw new S3Error(malformed, `Query-string authentication requires exactly one ${name} parameter.`)
    return values[0]![1]
  }
  if (one('X-Amz-Algorithm') !== ALGORITHM) throw new S3Error(malformed, `X-Amz-Algorithm only supports "${ALGORITHM}"`)
  const expires = one('X-Amz-Expires')
  if (!/^\d{1,6}$/.test(expires) || Number(expires) < 1 || Number(expires) > LIMITS.presignSeconds) {
    throw new S3Error(malformed, `X-Amz-Expires must be a number of seconds from 1 to ${LIMITS.presignSeconds}`)
  }
  const signature = one('X-Amz-Signature')
  if (!/^[0-9a-f]{64}$/.test(signature)) throw new S3Error('SignatureDoesNotMatch')
  return {
    credential: one('X-Amz-Credential'),
    signedHeaders: one('X-Amz-SignedHeaders').split(';'),
    signature,
    timestamp: one('X-Amz-Date'),
    payloadHash: query.find(([name]) => name === 'X-Amz-Content-Sha256')?.[1] ?? headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
    malformed,
    expires: Number(expires),
  }
}

/** Access key and scope of a credential. Throws the error that the claim's place has for malformed ones. */
export function parseCredential(
  claim: { readonly credential: string; readonly malformed: ErrorCode },
  region: string | undefined,
): { accessKey: string; scope: Scope } {
  const parts = claim.credential.split('/')
  const [date, requestRegion, service, terminator] = parts.slice(-4)
  const accessKey = parts.slice(0, -4).join('/')
  if (!accessKey || !/^\d{8}$/.test(date ?? '') || terminator !== 'aws4_request') {
    throw new S3Error(claim.malformed, 'The credential is malformed; expecting "<access key>/YYYYMMDD/<region>/s3/aws4_request".')
  }
  if (region !== undefined && requestRegion !== region)
    throw new S3Error(claim.malformed, `The region '${requestRegion}' is wrong; expecting '${region}'`)
  if (service !== 's3') throw new S3Error(claim.malformed, `The service '${service}' is wrong; expecting 's3'`)
  return { accessKey, scope: { date: date!, region: requestRegion!, service } }
}

function checkTime(claim: Claim, scope: Scope, now: number): void {
  const match = TIMESTAMP.exec(claim.timestamp)
  if (!match)
    throw new S3Error(
      claim.expires === undefined ? 'AccessDenied' : claim.malformed,
      'The request has no valid date: X-Amz-Date must be YYYYMMDDTHHMMSSZ.',
    )
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, number, number, number]
  const time = Date.UTC(year, month - 1, day, hour, minute, second)
  if (!claim.timestamp.startsWith(scope.date))
    throw new S3Error('SignatureDoesNotMatch', `The date of the credential, ${scopeText(scope)}, is not that of the request.`)
  if (claim.expires === undefined) {
    if (Math.abs(now - time) > LIMITS.clockSkewMs) throw new S3Error('RequestTimeTooSkewed')
    return
  }
  if (time > now + LIMITS.clockSkewMs) throw new S3Error('AccessDenied', 'Request is not valid yet')
  if (now > time + claim.expires * 1000) throw new S3Error('AccessDenied', 'Request has expired')
}

/** What changes the meaning of a request must be signed: the host and every x-amz- header. */
function checkSignedHeaders({ headers }: UnverifiedRequest, claim: Claim): void {
  const signed = new Set(claim.signedHeaders)
  if (!signed.has('host')) throw new S3Error(claim.malformed, 'The host header must be signed.')
  for (const name of signed)
    if (!headers.has(name)) throw new S3Error('SignatureDoesNotMatch', `The signed header '${name}' is not in the request.`)
  for (const name of headers.keys()) {
    if (!name.startsWith('x-amz-') || signed.has(name)) continue
    // Its value is part of the string to sign already.
    if (name === 'x-amz-content-sha256') continue
    throw new S3Error('AccessDenied', `There were headers present in the request which were not signed: ${name}`)
  }
}

/** The Date header as a SigV4 timestamp. */
function timestampOf(date: string | undefined): string {
  const time = Date.parse(date ?? '')
  return Number.isNaN(time) ? '' : new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
}
