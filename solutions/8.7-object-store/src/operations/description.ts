import { S3Error } from '../http/errors.ts'
import { param, type S3Request } from '../http/request.ts'
import { parseQuery } from '../http/uri.ts'
import { LIMITS } from '../limits.ts'
import type { Description } from '../metadata/types.ts'
import { validateTags } from './tags.ts'

const KEPT = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
  'x-amz-storage-class',
]

/** Headers that ask for what this store does not do. Ignoring them would let a client believe in it. */
const REFUSED = /^x-amz-(server-side-encryption|object-lock-|copy-source-server-side-encryption|grant-)/

/** Everything a PUT, copy or new upload says about the object besides its bytes. Throws `InvalidArgument`, `MetadataTooLarge`, `NotImplemented` … */
export function describe(request: S3Request): Description {
  refuseUnsupported(request)
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' }
  for (const name of KEPT) {
    const value = headerOrHoisted(request, name)
    if (value) headers[name] = headerSafe(name, value)
  }
  dropTransferCoding(headers)
  checkStorageClass(headers)
  return { headers, metadata: userMetadata(request), tags: tagsOfHeader(request) }
}

/** Throws `NotImplemented` for headers that ask for encryption, object lock or grants. */
export function refuseUnsupported(request: S3Request): void {
  for (const name of request.headers.keys())
    if (REFUSED.test(name)) throw new S3Error('NotImplemented', `The header ${name} is not supported by this store.`)
}

/** The tags of the `x-amz-tagging` header, a query string. */
export function tagsOfHeader(request: S3Request): Record<string, string> {
  const header = headerOrHoisted(request, 'x-amz-tagging')
  return header ? validateTags(parseQuery(header), LIMITS.objectTags) : {}
}

/** A response header value: printable Latin-1. Throws `InvalidArgument` for what would not fit into a header. */
export function headerSafe(name: string, value: string): string {
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw new S3Error('InvalidArgument', `The value of ${name} cannot be sent in a header.`)
  return value
}

/** Presigned URLs may carry the content type and x-amz- headers as query parameters. */
function headerOrHoisted(request: S3Request, name: string): string | undefined {
  const value = request.headers.get(name)
  if (value !== undefined || !request.auth.presigned || !(name.startsWith('x-amz-') || name === 'content-type')) return value
  return param(request, name)
}

function userMetadata(request: S3Request): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null)
  const hoisted = request.auth.presigned
    ? request.query.map(([name, value]) => [name.toLowerCase(), Buffer.from(value).toString('latin1')] as const)
    : []
  let bytes = 0
  for (const [header, value] of [...hoisted, ...request.headers]) {
    if (!header.startsWith('x-amz-meta-')) continue
    const name = header.slice('x-amz-meta-'.length)
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) throw new S3Error('InvalidArgument', 'The name of a metadata header is not valid.')
    metadata[name] = headerSafe(header, value)
    bytes += name.length + value.length
  }
  if (bytes > LIMITS.userMetadataBytes) throw new S3Error('MetadataTooLarge')
  return metadata
}

/** `aws-chunked` is how the body travelled, not how the object is encoded. */
function dropTransferCoding(headers: Record<string, string>): void {
  const codings = (headers['content-encoding'] ?? '').split(',').map(coding => coding.trim())
  const rest = codings.filter(coding => coding !== '' && coding.toLowerCase() !== 'aws-chunked').join(',')
  if (rest) headers['content-encoding'] = rest
  else delete headers['content-encoding']
}

function checkStorageClass(headers: Record<string, string>): void {
  const storageClass = headers['x-amz-storage-class']
  if (storageClass !== undefined && storageClass !== 'STANDARD' && storageClass !== 'REDUCED_REDUNDANCY')
    throw new S3Error('InvalidStorageClass')
  if (storageClass === 'STANDARD') delete headers['x-amz-storage-class']
}
