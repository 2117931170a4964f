import { createHmac, timingSafeEqual } from 'node:crypto'
import { S3Error } from '../http/errors.ts'
import { sign, signingKey } from './canonical.ts'
import { type Authenticated, parseCredential } from './sigv4.ts'
import type { Users } from './users.ts'

/** What a policy allows, as far as the file is concerned. */
export interface Allowed {
  readonly auth: Authenticated
  /** Size of the file, in bytes. */
  readonly range: readonly [min: number, max: number]
}

/** Fields that no condition has to name. */
const FREE = new Set(['policy', 'x-amz-signature', 'signature', 'awsaccesskeyid', 'file'])

/**
 * Verifies the policy that a form carries in place of a signed request: who signed it, until when it holds, and that every field
 * is as one of its conditions says. (Amazon S3 API Reference, "Creating a POST policy"; versions 4 and 2 of the signature.)
 * `fields` are the form's by lower-case name and the bucket. Throws an `S3Error` for everything else.
 */
export function authenticatePolicy(fields: ReadonlyMap<string, string>, users: Users, region: string | undefined, now: number): Allowed {
  const policy = fields.get('policy')
  if (policy === undefined) throw new S3Error('AccessDenied')
  const auth = fields.has('awsaccesskeyid') ? signedByVersion2(fields, policy, users) : signedByVersion4(fields, policy, users, region)
  const { expiration, conditions } = parsePolicy(policy)
  if (now > expiration) throw new S3Error('AccessDenied', 'Invalid according to Policy: Policy expired.')
  return { auth, range: checkConditions(fields, conditions) }
}

function signedByVersion4(fields: ReadonlyMap<string, string>, policy: string, users: Users, region: string | undefined): Authenticated {
  const field = (name: string) => {
    const value = fields.get(name)
    if (!value) throw new S3Error('InvalidArgument', `Bucket POST must contain a field named '${name}'.`)
    return value
  }
  if (field('x-amz-algorithm') !== 'AWS4-HMAC-SHA256')
    throw new S3Error('InvalidArgument', 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"')
  const timestamp = field('x-amz-date')
  const { accessKey, scope } = parseCredential({ credential: field('x-amz-credential'), malformed: 'InvalidArgument' }, region)
  const signature = field('x-amz-signature')
  const user = users.get(accessKey)
  if (!user) throw new S3Error('InvalidAccessKeyId')
  const key = signingKey(user.secretKey, scope)
  if (!equal(Buffer.from(sign(key, policy)), Buffer.from(signature))) throw new S3Error('SignatureDoesNotMatch')
  return { user, payloadHash: 'UNSIGNED-PAYLOAD', signature, timestamp, scope, signingKey: key, presigned: false }
}

function signedByVersion2(fields: ReadonlyMap<string, string>, policy: string, users: Users): Authenticated {
  const signature = fields.get('signature')
  if (!signature) throw new S3Error('InvalidArgument', "Bucket POST must contain a field named 'Signature'.")
  const user = users.get(fields.get('awsaccesskeyid')!)
  if (!user) throw new S3Error('InvalidAccessKeyId')
  const expected = createHmac('sha1', user.secretKey).update(policy).digest('base64')
  if (!equal(Buffer.from(expected), Buffer.from(signature))) throw new S3Error('SignatureDoesNotMatch')
  const scope = { date: '', region: '', service: 's3' }
  return { user, payloadHash: 'UNSIGNED-PAYLOAD', signature, timestamp: '', scope, signingKey: Buffer.alloc(0), presigned: false }
}

function parsePolicy(text: string): { expiration: number; conditions: readonly unknown[] } {
  const refuse = (why: string) => new S3Error('InvalidPolicyDocument', `Invalid Policy: ${why}`)
  let document: unknown
  try {
    document = JSON.parse(Buffer.from(text, 'base64').toString())
  } catch {
    throw refuse('Invalid JSON.')
  }
  const { expiration, conditions } = (document ?? {}) as { expiration?: unknown; conditions?: unknown }
  if (
    typeof expiration !== 'string' ||
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(expiration) ||
    Number.isNaN(Date.parse(expiration))
  )
    throw refuse("Invalid 'expiration' value.")
  if (!Array.isArray(conditions) || conditions.length === 0) throw refuse("Invalid 'conditions' value: must be a list.")
  return { expiration: Date.parse(expiration), conditions }
}

function checkConditions(fields: ReadonlyMap<string, string>, conditions: readonly unknown[]): readonly [number, number] {
  let range: readonly [number, number] = [0, Number.POSITIVE_INFINITY]
  const named = new Set<string>()
  for (const condition of conditions.flatMap(asTriples)) {
    const [how, name, value] = condition
    if (how === 'content-length-range') range = [limit(name, condition), limit(value, condition)]
    else {
      const field = String(name).replace(/^\$/, '').toLowerCase()
      named.add(field)
      if (!holds(how, fields.get(field) ?? '', String(value), field))
        throw new S3Error('AccessDenied', `Invalid according to Policy: Policy Condition failed: ${JSON.stringify(condition)}`)
    }
  }
  for (const field of fields.keys())
    if (!FREE.has(field) && field !== 'bucket' && !field.startsWith('x-ignore-') && !named.has(field))
      throw new S3Error('AccessDenied', `Invalid according to Policy: Extra input fields: ${field}`)
  return range
}

/** `{"a": "b", "c": "d"}` is two conditions of equality. */
function asTriples(condition: unknown): [how: string, name: unknown, value: unknown][] {
  if (Array.isArray(condition)) {
    if (condition.length === 3 && typeof condition[0] === 'string')
      return [[condition[0].toLowerCase(), condition[1] as unknown, condition[2] as unknown]]
  } else if (typeof condition === 'object' && condition !== null) {
    return Object.entries(condition).map(([name, value]) => ['eq', name, value])
  }
  throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: Invalid Condition.')
}

function holds(how: string, actual: string, value: string, field: string): boolean {
  if (how === 'eq') return actual === value
  if (how !== 'starts-with') throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: Invalid Condition.')
  // A list of content types fits where each of it does.
  return (field === 'content-type' ? actual.split(',') : [actual]).every(one => one.startsWith(value))
}

function limit(value: unknown, condition: unknown): number {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number
  throw new S3Error('InvalidPolicyDocument', `Invalid Policy: Invalid Condition: ${JSON.stringify(condition)}`)
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
