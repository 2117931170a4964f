import { S3Error } from '../http/errors.ts'
import { param, type S3Request } from '../http/request.ts'
import { isoTime, quoted, type S3Response, xmlResponse } from '../http/response.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { compareKeys } from '../metadata/key-order.ts'
import type { Bucket } from '../metadata/namespace.ts'
import type { ObjectVersion } from '../metadata/types.ts'
import { OWNER } from './buckets.ts'
import { count, encoder, storageClassNode } from './listing-format.ts'
import { bucketOf, type Store } from './store.ts'

interface Query {
  readonly prefix: string
  readonly delimiter: string
  readonly keyMarker: string
  readonly idMarker: string | undefined
  readonly max: number
}

type Item = { readonly commonPrefix: string } | { readonly key: string; readonly version: ObjectVersion; readonly latest: boolean }

/** ListObjectVersions: by key, and newest first within a key. */
export async function listObjectVersions(store: Store, request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(store, request.bucket!)
  const encode = encoder(request)
  const idMarker = param(request, 'version-id-marker') || undefined
  const query = {
    prefix: param(request, 'prefix') ?? '',
    delimiter: param(request, 'delimiter') ?? '',
    keyMarker: param(request, 'key-marker') ?? '',
    idMarker,
    max: count(request, 'max-keys'),
  }
  if (idMarker !== undefined && query.keyMarker === '')
    throw new S3Error('InvalidArgument', 'A version-id marker cannot be specified without a key marker.')
  const page: Item[] = []
  let truncated = false
  for (const item of walk(bucket, query)) {
    if (page.length >= query.max) {
      truncated = query.max > 0
      break
    }
    page.push(item)
  }
  const last = page.at(-1)
  const next =
    last && truncated
      ? 'commonPrefix' in last
        ? { key: last.commonPrefix, id: '' }
        : { key: last.key, id: last.version.versionId }
      : undefined
  return xmlResponse([
    'ListVersionsResult',
    [
      ['Name', request.bucket!],
      ['Prefix', encode(query.prefix)],
      ['KeyMarker', encode(query.keyMarker)],
      ['VersionIdMarker', idMarker ?? ''],
      next && ['NextKeyMarker', encode(next.key)],
      next?.id ? ['NextVersionIdMarker', next.id] : undefined,
      ['MaxKeys', query.max],
      query.delimiter === '' ? undefined : ['Delimiter', encode(query.delimiter)],
      param(request, 'encoding-type') ? ['EncodingType', 'url'] : undefined,
      ['IsTruncated', truncated],
      ...page.map(item => node(item, encode)),
    ],
  ])
}

/** All versions behind the markers, with common prefixes rolled up. */
function* walk(bucket: Bucket, { prefix, delimiter, keyMarker, idMarker }: Query): Generator<Item> {
  // With a version marker the marked key itself may have further versions.
  const behind = (key: string) =>
    keyMarker === '' ? true : idMarker === undefined ? compareKeys(key, keyMarker) > 0 : compareKeys(key, keyMarker) >= 0
  let keys = bucket.keys.from(key => compareKeys(key, prefix) >= 0 && behind(key))
  for (;;) {
    const step = keys.next()
    if (step.done) return
    const [key, versions] = step.value
    if (!key.startsWith(prefix)) return
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    if (cut >= 0) {
      const commonPrefix = key.slice(0, cut + delimiter.length)
      if (commonPrefix !== keyMarker) yield { commonPrefix }
      keys = bucket.keys.from(other => compareKeys(other, commonPrefix) > 0 && !other.startsWith(commonPrefix))
      continue
    }
    const marked = key === keyMarker ? versions.findIndex(version => version.versionId === idMarker) : -1
    if (key === keyMarker && marked < 0) continue
    for (const [index, version] of versions.entries()) if (index > marked) yield { key, version, latest: index === 0 }
  }
}

function node(item: Item, encode: (text: string) => string): XmlNode {
  if ('commonPrefix' in item) return ['CommonPrefixes', [['Prefix', encode(item.commonPrefix)]]]
  const { key, version, latest } = item
  const shared: XmlNode[] = [
    ['Key', encode(key)],
    ['VersionId', version.versionId],
    ['IsLatest', latest],
    ['LastModified', isoTime(version.modified)],
  ]
  if (version.deleteMarker) return ['DeleteMarker', [...shared, OWNER]]
  return ['Version', [...shared, ['ETag', quoted(version.etag)], ['Size', version.size], storageClassNode(version.headers), OWNER]]
}
