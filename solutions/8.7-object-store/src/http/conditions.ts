import { S3Error } from './errors.ts'

/** What conditions are compared with. */
export interface Validators {
  readonly etag: string
  readonly modified: number
}

/** The four conditional headers, by the names they have in this request (copy sources have names of their own). */
export interface ConditionHeaders {
  readonly ifMatch: string | undefined
  readonly ifNoneMatch: string | undefined
  readonly ifModifiedSince: string | undefined
  readonly ifUnmodifiedSince: string | undefined
}

/** Reads the conditional headers with a prefix: '' or 'x-amz-copy-source-'. */
export function conditionHeaders(headers: ReadonlyMap<string, string>, prefix = ''): ConditionHeaders {
  return {
    ifMatch: headers.get(`${prefix}if-match`),
    ifNoneMatch: headers.get(`${prefix}if-none-match`),
    ifModifiedSince: headers.get(`${prefix}if-modified-since`),
    ifUnmodifiedSince: headers.get(`${prefix}if-unmodified-since`),
  }
}

/** How a read is answered. RFC 9110, 13.2.2: If-Match outranks If-Unmodified-Since, If-None-Match outranks If-Modified-Since. */
export function evaluateRead(conditions: ConditionHeaders, found: Validators): 'ok' | 'not-modified' | 'failed' {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, found.etag)) return 'failed'
  } else if (ifUnmodifiedSince !== undefined && seconds(found.modified) > timeOr(ifUnmodifiedSince, Number.POSITIVE_INFINITY)) {
    return 'failed'
  }
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, found.etag)) return 'not-modified'
  } else if (ifModifiedSince !== undefined && seconds(found.modified) <= timeOr(ifModifiedSince, Number.NEGATIVE_INFINITY)) {
    return 'not-modified'
  }
  return 'ok'
}

/** Checks If-Match and If-None-Match of a write against what is there now. Throws `PreconditionFailed`, or `NoSuchKey` for an If-Match on nothing. */
export function checkWrite(headers: ReadonlyMap<string, string>, current: Validators | undefined): void {
  const ifMatch = headers.get('if-match')
  const ifNoneMatch = headers.get('if-none-match')
  if (ifMatch !== undefined) {
    if (!current) throw new S3Error('NoSuchKey')
    if (!matches(ifMatch, current.etag)) throw new S3Error('PreconditionFailed')
  }
  if (ifNoneMatch !== undefined && current && matches(ifNoneMatch, current.etag)) throw new S3Error('PreconditionFailed')
}

/**
 * Checks the conditions of a deletion: those of a write, and `x-amz-if-match-size` and `x-amz-if-match-last-modified-time`.
 * A deletion that must not happen is worse than one that is refused, so what cannot be read is refused, too.
 */
export function checkDelete(headers: ReadonlyMap<string, string>, current: (Validators & { readonly size: number }) | undefined): void {
  checkWrite(headers, current)
  const size = headers.get('x-amz-if-match-size')
  const modified = headers.get('x-amz-if-match-last-modified-time')
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw new S3Error('InvalidArgument', 'The size condition is not a whole number.')
  if (modified !== undefined && Number.isNaN(Date.parse(modified)))
    throw new S3Error('InvalidArgument', 'The condition on the last modification is not a date.')
  if (size === undefined && modified === undefined) return
  if (!current) throw new S3Error('NoSuchKey')
  if (size !== undefined && Number(size) !== current.size) throw new S3Error('PreconditionFailed')
  if (modified !== undefined && seconds(Date.parse(modified)) !== seconds(current.modified)) throw new S3Error('PreconditionFailed')
}

/** Whether a list of ETags (or *) has this one. */
function matches(list: string, etag: string): boolean {
  return list.split(',').some(item => {
    const tag = item
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1')
    return tag === '*' || tag === etag
  })
}

function seconds(time: number): number {
  return Math.floor(time / 1000) * 1000
}

function timeOr(text: string, otherwise: number): number {
  const time = Date.parse(text)
  return Number.isNaN(time) ? otherwise : time
}
