import { S3Error } from './errors.ts'

/** Bytes [from, to) of an object. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/**
 * The single byte range of a Range header (RFC 9110, 14.1.2), or undefined for none: what is not understood, several ranges included,
 * is ignored and the whole object sent. Throws `InvalidRange` where nothing of the range exists.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d{0,19})-(\d{0,19})$/.exec(header?.trim() ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const unsatisfiable = () => new S3Error('InvalidRange', undefined, { 'content-range': `bytes */${size}` })
  if (match[1] === '') {
    const suffix = Number(match[2])
    if (suffix === 0 || size === 0) throw unsatisfiable()
    return { from: Math.max(0, size - suffix), to: size }
  }
  const from = Number(match[1])
  const last = match[2] === '' ? size - 1 : Number(match[2])
  if (match[2] !== '' && last < from) return undefined
  if (from >= size) throw unsatisfiable()
  return { from, to: Math.min(size, last + 1) }
}

/** The range of `x-amz-copy-source-range`, which must be `bytes=first-last` inside the source. Throws `InvalidArgument`. */
export function parseCopyRange(header: string, size: number): ByteRange {
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header)
  const from = Number(match?.[1])
  const to = Number(match?.[2]) + 1
  if (!match || from >= to || to > size) {
    throw new S3Error('InvalidArgument', 'x-amz-copy-source-range must be bytes=first-last, both inside the source object.')
  }
  return { from, to }
}
