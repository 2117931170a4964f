import { createHash } from 'node:crypto'
import { combineComposite, combineFullObject } from '../checksums/combine.ts'
import { checksumHeader } from '../checksums/declared.ts'
import { checkWrite } from '../http/conditions.ts'
import { S3Error } from '../http/errors.ts'
import { param, type S3Request } from '../http/request.ts'
import { quoted, type S3Response, xmlResponse } from '../http/response.ts'
import { childrenOf, childText, parseXml, type XmlElement } from '../http/xml-parser.ts'
import { LIMITS } from '../limits.ts'
import type { UploadState } from '../metadata/namespace.ts'
import type { Checksum, ObjectVersion, Part } from '../metadata/types.ts'
import { checksumNodes } from './copy-object.ts'
import { bucketOf, currentVersion, newVersionId, type Store, uploadOf, versionHeader } from './store.ts'

/** CompleteMultipartUpload: metadata only, hence at once, however large the object. Repeating a successful one succeeds again. */
export async function completeMultipartUpload(store: Store, request: S3Request): Promise<S3Response> {
  const [bucketName, key] = [request.bucket!, request.key!]
  const listed = parseListed(await request.payload.text())
  const uploadId = param(request, 'uploadId')!
  return store.metadata.withKeyAndUpload(bucketName, key, uploadId, async () => {
    const bucket = bucketOf(store, bucketName)
    const current = currentVersion(bucket, key)
    if (current?.uploadId === uploadId) return answer(request, current, versionHeader(bucket, current.versionId))
    const state = uploadOf(store, request)
    const parts = choose(state, listed)
    const checksum = objectChecksum(request, state, parts)
    checkWrite(request.headers, current)
    const { headers, metadata, tags } = state.upload
    const version: ObjectVersion = {
      headers,
      metadata,
      tags,
      versionId: newVersionId(bucket),
      modified: Date.now(),
      deleteMarker: false,
      size: checkSizes(request, parts),
      etag: multipartEtag(parts),
      ...(checksum ? { checksum } : {}),
      parts: parts.map(part => ({ number: part.number, size: part.size, ...(part.checksum ? { checksum: part.checksum } : {}) })),
      uploadId,
      chunks: [],
    }
    await store.metadata.commit({ op: 'complete-upload', uploadId, parts: parts.map(part => part.number), version })
    return answer(request, version, versionHeader(bucket, version.versionId))
  })
}

interface ListedPart {
  readonly number: number
  readonly etag: string
  readonly element: XmlElement
}

function parseListed(text: string): ListedPart[] {
  const root = parseXml(text)
  const elements = childrenOf(root, 'Part')
  if (root.name !== 'CompleteMultipartUpload' || elements.length === 0) throw new S3Error('MalformedXML')
  if (elements.length > LIMITS.parts) throw new S3Error('InvalidArgument', `An upload has at most ${LIMITS.parts} parts.`)
  const listed = elements.map(element => {
    const number = Number(childText(element, 'PartNumber')?.trim() || Number.NaN)
    const etag = childText(element, 'ETag')
      ?.trim()
      .replace(/^"(.*)"$/, '$1')
    if (!Number.isInteger(number) || etag === undefined) throw new S3Error('MalformedXML')
    return { number, etag, element }
  })
  if (listed.some((part, index) => index > 0 && part.number <= listed[index - 1]!.number)) throw new S3Error('InvalidPartOrder')
  return listed
}

/** The uploaded parts that the client listed. Throws `InvalidPart` where one is missing or another than the client believes. */
function choose({ upload, parts }: UploadState, listed: readonly ListedPart[]): Part[] {
  return listed.map(({ number, etag, element }) => {
    const part = parts.get(number)
    if (!part || part.etag !== etag) throw new S3Error('InvalidPart')
    if (upload.checksum) {
      const given = childText(element, `Checksum${upload.checksum.algorithm}`)
      if (given !== undefined && given !== part.checksum) throw new S3Error('InvalidPart')
    }
    return part
  })
}

/** The size of the whole. Throws `EntityTooSmall` where a part but the last is below 5 MiB, `InvalidRequest` where the client announced another size. */
function checkSizes(request: S3Request, parts: readonly Part[]): number {
  for (const part of parts.slice(0, -1)) if (part.size < LIMITS.minPartBytes) throw new S3Error('EntityTooSmall')
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  if (size > LIMITS.objectBytes) throw new S3Error('EntityTooLarge')
  const announced = request.headers.get('x-amz-mp-object-size')
  if (announced !== undefined && Number(announced) !== size)
    throw new S3Error(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${announced} does not match what was computed: ${size}`,
    )
  return size
}

/** The MD5 of the parts' MD5s, and how many there are. */
function multipartEtag(parts: readonly Part[]): string {
  const hash = createHash('md5')
  for (const part of parts) hash.update(Buffer.from(part.etag, 'hex'))
  return `${hash.digest('hex')}-${parts.length}`
}

function objectChecksum(request: S3Request, { upload }: UploadState, parts: readonly Part[]): Checksum | undefined {
  if (!upload.checksum) return undefined
  const { algorithm, type } = upload.checksum
  const givenType = request.headers.get('x-amz-checksum-type')?.toUpperCase()
  if (givenType !== undefined && givenType !== type)
    throw new S3Error(
      'InvalidRequest',
      `The upload was created using the ${type} checksum type. The complete request must use the same checksum type.`,
    )
  const values = parts.map(part => ({ value: part.checksum ?? '', size: part.size }))
  const value = type === 'FULL_OBJECT' ? combineFullObject(algorithm, values) : combineComposite(algorithm, values)
  const given = request.headers.get(checksumHeader(algorithm))
  if (given !== undefined && given !== value && !(type === 'COMPOSITE' && `${given}-${parts.length}` === value)) {
    throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`)
  }
  return { algorithm, type, value }
}

function answer(request: S3Request, version: ObjectVersion, versionId: string | undefined): S3Response {
  const location = `http://${request.headers.get('host')}${request.path}`
  return xmlResponse(
    [
      'CompleteMultipartUploadResult',
      [
        ['Location', location],
        ['Bucket', request.bucket!],
        ['Key', request.key!],
        ['ETag', quoted(version.etag)],
        ...checksumNodes(version.checksum),
      ],
    ],
    { 'x-amz-version-id': versionId },
  )
}
