import { S3Error } from '../http/errors.ts'
import { param, type S3Request } from '../http/request.ts'
import { httpTime, type S3Response, xmlResponse } from '../http/response.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { LIMITS } from '../limits.ts'
import type { ObjectVersion } from '../metadata/types.ts'
import { checksumNodes } from './copy-object.ts'
import { bucketOf, readableVersion, type Store, versionHeader } from './store.ts'

const KNOWN = new Set(['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'])

/** GetObjectAttributes: what `x-amz-object-attributes` asks for. */
export async function getObjectAttributes(store: Store, request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(store, request.bucket!)
  const version = readableVersion(bucket, request.key!, param(request, 'versionId'))
  const asked = new Set((request.headers.get('x-amz-object-attributes') ?? '').split(',').map(name => name.trim()))
  if ([...asked].some(name => !KNOWN.has(name))) throw new S3Error('InvalidArgument', 'Invalid attribute name specified.')
  const nodes: (XmlNode | undefined)[] = [
    asked.has('ETag') ? ['ETag', version.etag] : undefined,
    asked.has('Checksum') && version.checksum ? ['Checksum', checksumNodes(version.checksum)] : undefined,
    asked.has('ObjectParts') && version.parts ? ['ObjectParts', parts(request, version)] : undefined,
    asked.has('StorageClass') ? ['StorageClass', version.headers['x-amz-storage-class'] ?? 'STANDARD'] : undefined,
    asked.has('ObjectSize') ? ['ObjectSize', version.size] : undefined,
  ]
  return xmlResponse(['GetObjectAttributesResponse', nodes], {
    'last-modified': httpTime(version.modified),
    'x-amz-version-id': versionHeader(bucket, version.versionId),
  })
}

function parts(request: S3Request, version: ObjectVersion): XmlNode[] {
  const all = version.parts ?? []
  const marker = Number(request.headers.get('x-amz-part-number-marker') ?? 0) || 0
  const max = Math.min(Number(request.headers.get('x-amz-max-parts') ?? LIMITS.listPage) || LIMITS.listPage, LIMITS.listPage)
  const rest = all.filter(part => part.number > marker)
  const page = rest.slice(0, max)
  // S3 lists the parts one by one only where they have checksums of their own.
  const listed = version.checksum?.type === 'COMPOSITE' ? page : []
  return [
    ['PartsCount', all.length],
    ['PartNumberMarker', marker],
    ['NextPartNumberMarker', page.at(-1)?.number ?? 0],
    ['MaxParts', max],
    ['IsTruncated', rest.length > page.length],
    ...listed.map(
      (part): XmlNode => [
        'Part',
        [
          ['PartNumber', part.number],
          ['Size', part.size],
          [`Checksum${version.checksum!.algorithm}`, part.checksum ?? ''],
        ],
      ],
    ),
  ]
}
