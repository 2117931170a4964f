import { S3Error } from '../http/errors.ts'
import { param, type S3Request } from '../http/request.ts'
import { isoTime, quoted, type S3Response, xmlResponse } from '../http/response.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { compareKeys } from '../metadata/key-order.ts'
import { OWNER } from './buckets.ts'
import { count, encoder, storageClassNode } from './listing-format.ts'
import { bucketOf, type Store, uploadOf } from './store.ts'

const INITIATOR: XmlNode = ['Initiator', OWNER[1]]

/** ListParts. */
export async function listParts(store: Store, request: S3Request): Promise<S3Response> {
  bucketOf(store, request.bucket!)
  const { upload, parts } = uploadOf(store, request)
  const max = count(request, 'max-parts')
  const marker = Number(param(request, 'part-number-marker') ?? 0)
  if (!Number.isInteger(marker) || marker < 0) throw new S3Error('InvalidArgument', 'part-number-marker must be a number.')
  const rest = [...parts.values()].filter(part => part.number > marker).sort((a, b) => a.number - b.number)
  const page = rest.slice(0, max)
  const nodes = page.map(
    (part): XmlNode => [
      'Part',
      [
        ['PartNumber', part.number],
        ['LastModified', isoTime(part.modified)],
        ['ETag', quoted(part.etag)],
        ['Size', part.size],
        upload.checksum && part.checksum ? [`Checksum${upload.checksum.algorithm}`, part.checksum] : undefined,
      ],
    ],
  )
  return xmlResponse([
    'ListPartsResult',
    [
      ['Bucket', upload.bucket],
      ['Key', upload.key],
      ['UploadId', upload.uploadId],
      INITIATOR,
      OWNER,
      storageClassNode(upload.headers),
      ['PartNumberMarker', marker],
      ['NextPartNumberMarker', page.at(-1)?.number ?? 0],
      ['MaxParts', max],
      ['IsTruncated', rest.length > page.length],
      ...(upload.checksum
        ? ([
            ['ChecksumAlgorithm', upload.checksum.algorithm],
            ['ChecksumType', upload.checksum.type],
          ] as XmlNode[])
        : []),
      ...nodes,
    ],
  ])
}

/** ListMultipartUploads: ordered by key, and by time among the uploads of one key. */
export async function listMultipartUploads(store: Store, request: S3Request): Promise<S3Response> {
  bucketOf(store, request.bucket!)
  const max = count(request, 'max-uploads')
  const encode = encoder(request)
  const prefix = param(request, 'prefix') ?? ''
  const delimiter = param(request, 'delimiter') ?? ''
  const keyMarker = param(request, 'key-marker') ?? ''
  const idMarker = param(request, 'upload-id-marker') ?? ''
  const uploads = [...store.metadata.namespace.uploads.values()]
    .map(({ upload }) => upload)
    .filter(upload => upload.bucket === request.bucket && upload.key.startsWith(prefix))
    .sort((a, b) => compareKeys(a.key, b.key) || a.initiated - b.initiated || compareKeys(a.uploadId, b.uploadId))
  const marked = idMarker ? uploads.findIndex(upload => upload.uploadId === idMarker && upload.key === keyMarker) : -1
  const behind = marked >= 0 ? uploads.slice(marked + 1) : uploads.filter(upload => compareKeys(upload.key, keyMarker) > 0)

  const nodes: XmlNode[] = []
  const prefixes = new Set<string>()
  let last = { key: '', uploadId: '' }
  let truncated = false
  for (const upload of behind) {
    const cut = delimiter ? upload.key.indexOf(delimiter, prefix.length) : -1
    const common = cut < 0 ? undefined : upload.key.slice(0, cut + delimiter.length)
    if (common !== undefined && (prefixes.has(common) || keyMarker.startsWith(common))) continue
    if (nodes.length + prefixes.size >= max) {
      truncated = true
      break
    }
    last = { key: common ?? upload.key, uploadId: common === undefined ? upload.uploadId : '' }
    if (common !== undefined) prefixes.add(common)
    else
      nodes.push([
        'Upload',
        [
          ['Key', encode(upload.key)],
          ['UploadId', upload.uploadId],
          INITIATOR,
          OWNER,
          storageClassNode(upload.headers),
          ['Initiated', isoTime(upload.initiated)],
        ],
      ])
  }
  return xmlResponse([
    'ListMultipartUploadsResult',
    [
      ['Bucket', request.bucket!],
      ['KeyMarker', encode(keyMarker)],
      ['UploadIdMarker', idMarker],
      ['NextKeyMarker', truncated ? encode(last.key) : ''],
      ['NextUploadIdMarker', truncated ? last.uploadId : ''],
      ['Prefix', encode(prefix)],
      ...(delimiter ? ([['Delimiter', encode(delimiter)]] as XmlNode[]) : []),
      ['MaxUploads', max],
      ['IsTruncated', truncated],
      ...nodes,
      ...[...prefixes].map((common): XmlNode => ['CommonPrefixes', [['Prefix', encode(common)]]]),
    ],
  ])
}
