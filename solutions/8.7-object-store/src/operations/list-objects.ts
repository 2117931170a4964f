import { S3Error } from '../http/errors.ts'
import { param, type S3Request } from '../http/request.ts'
import { isoTime, quoted, type S3Response, xmlResponse } from '../http/response.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { listKeys, type Page } from '../metadata/listing.ts'
import type { ObjectVersion } from '../metadata/types.ts'
import { OWNER } from './buckets.ts'
import { count, encoder, storageClassNode } from './listing-format.ts'
import { bucketOf, type Store } from './store.ts'

interface Listed {
  readonly key: string
  readonly version: ObjectVersion
}

const select = (key: string, [newest]: readonly ObjectVersion[]): Listed | undefined =>
  newest && !newest.deleteMarker ? { key, version: newest } : undefined

/** ListObjects, version 1: pages by `marker`. */
export async function listObjects(store: Store, request: S3Request): Promise<S3Response> {
  const { query, encode, common } = listQuery(store, request, param(request, 'marker') ?? '')
  const page = listKeys(bucketOf(store, request.bucket!).keys, query, select)
  return xmlResponse([
    'ListBucketResult',
    [
      ...common,
      ['Marker', encode(query.after)],
      page.truncated ? ['NextMarker', encode(page.last)] : undefined,
      ['IsTruncated', page.truncated],
      ...entries(page, encode, true),
    ],
  ])
}

/** ListObjectsV2: pages by an opaque continuation token. */
export async function listObjectsV2(store: Store, request: S3Request): Promise<S3Response> {
  const token = param(request, 'continuation-token')
  const startAfter = param(request, 'start-after') ?? ''
  const { query, encode, common } = listQuery(store, request, token === undefined ? startAfter : fromToken(token))
  const page = listKeys(bucketOf(store, request.bucket!).keys, query, select)
  return xmlResponse([
    'ListBucketResult',
    [
      ...common,
      startAfter === '' ? undefined : ['StartAfter', encode(startAfter)],
      token === undefined ? undefined : ['ContinuationToken', token],
      page.truncated ? ['NextContinuationToken', toToken(page.last)] : undefined,
      ['KeyCount', page.items.length],
      ['IsTruncated', page.truncated],
      ...entries(page, encode, param(request, 'fetch-owner') === 'true'),
    ],
  ])
}

function listQuery(store: Store, request: S3Request, after: string) {
  bucketOf(store, request.bucket!)
  const query = {
    prefix: param(request, 'prefix') ?? '',
    delimiter: param(request, 'delimiter') ?? '',
    after,
    max: count(request, 'max-keys'),
  }
  const encode = encoder(request)
  const common: (XmlNode | undefined)[] = [
    ['Name', request.bucket!],
    ['Prefix', encode(query.prefix)],
    query.delimiter === '' ? undefined : ['Delimiter', encode(query.delimiter)],
    ['MaxKeys', query.max],
    param(request, 'encoding-type') ? ['EncodingType', 'url'] : undefined,
  ]
  return { query, encode, common }
}

function entries(page: Page<Listed>, encode: (text: string) => string, withOwner: boolean): XmlNode[] {
  const contents: XmlNode[] = []
  const prefixes: XmlNode[] = []
  for (const item of page.items) {
    if ('commonPrefix' in item) prefixes.push(['CommonPrefixes', [['Prefix', encode(item.commonPrefix)]]])
    else contents.push(['Contents', describeListed(item, encode, withOwner)])
  }
  return [...contents, ...prefixes]
}

function describeListed({ key, version }: Listed, encode: (text: string) => string, withOwner: boolean): (XmlNode | undefined)[] {
  return [
    ['Key', encode(key)],
    ['LastModified', isoTime(version.modified)],
    ['ETag', quoted(version.etag)],
    ['Size', version.size],
    withOwner ? OWNER : undefined,
    storageClassNode(version.headers),
    version.checksum && ['ChecksumAlgorithm', version.checksum.algorithm],
    version.checksum && ['ChecksumType', version.checksum.type],
  ]
}

function toToken(key: string): string {
  return Buffer.from(key).toString('base64url')
}

function fromToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString()
  if (token === '' || toToken(key) !== token) throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect')
  return key
}
