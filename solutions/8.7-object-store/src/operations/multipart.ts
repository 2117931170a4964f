import { createHash } from 'node:crypto'
import { canCombine } from '../checksums/combine.ts'
import { checksumHeader, parseAlgorithm } from '../checksums/declared.ts'
import { createDigest } from '../checksums/digest.ts'
import { S3Error } from '../http/errors.ts'
import { parseCopyRange } from '../http/range.ts'
import { param, type S3Request } from '../http/request.ts'
import { isoTime, quoted, type S3Response, xmlResponse } from '../http/response.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { LIMITS } from '../limits.ts'
import type { Part, Upload } from '../metadata/types.ts'
import { copySource } from './copy-source.ts'
import { describe } from './description.ts'
import { openObject } from './read-object.ts'
import { receive } from './receive.ts'
import { bucketOf, newId, type Store, uploadOf } from './store.ts'

/** CreateMultipartUpload. */
export async function createMultipartUpload(store: Store, request: S3Request): Promise<S3Response> {
  const description = describe(request)
  const [bucket, key] = [request.bucket!, request.key!]
  const checksum = uploadChecksum(request)
  const upload: Upload = { ...description, uploadId: newId(), bucket, key, initiated: request.now, ...(checksum ? { checksum } : {}) }
  await store.metadata.withUpload(bucket, upload.uploadId, async () => {
    bucketOf(store, bucket)
    await store.metadata.commit({ op: 'create-upload', upload })
  })
  const headers = checksum ? { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type } : {}
  return xmlResponse(
    [
      'InitiateMultipartUploadResult',
      [
        ['Bucket', bucket],
        ['Key', key],
        ['UploadId', upload.uploadId],
      ],
    ],
    headers,
  )
}

/** UploadPart. */
export async function uploadPart(store: Store, request: S3Request): Promise<S3Response> {
  bucketOf(store, request.bucket!)
  const { upload } = uploadOf(store, request)
  const number = partNumber(request)
  return receive(store, request, { limit: LIMITS.partBytes, algorithm: upload.checksum?.algorithm }, async received => {
    const checksum = upload.checksum ? received.checksum?.value : undefined
    await commitPart(store, request, {
      number,
      modified: Date.now(),
      size: received.size,
      etag: received.md5,
      ...(checksum ? { checksum } : {}),
      chunks: received.chunks,
    })
    const headers = received.checksum ? { [checksumHeader(received.checksum.algorithm)]: received.checksum.value } : {}
    return { status: 200, headers: { etag: quoted(received.md5), ...headers } }
  })
}

/** UploadPartCopy: a part whose bytes are those of an object, or of a range of it. They are copied: a part has an MD5 of its own. */
export async function uploadPartCopy(store: Store, request: S3Request): Promise<S3Response> {
  bucketOf(store, request.bucket!)
  const { upload } = uploadOf(store, request)
  const number = partNumber(request)
  const source = copySource(store, request)
  const rangeHeader = request.headers.get('x-amz-copy-source-range')
  const { from, to } = rangeHeader === undefined ? { from: 0, to: source.version.size } : parseCopyRange(rangeHeader, source.version.size)
  if (to - from > LIMITS.partBytes) throw new S3Error('EntityTooLarge')
  const { stream, release } = openObject(store, source.version.chunks, from, to)
  const writer = store.chunks.writer()
  const md5 = createHash('md5')
  const digest = upload.checksum && createDigest(upload.checksum.algorithm)
  try {
    for await (const data of stream) {
      md5.update(data)
      digest?.update(data)
      await writer.write(Buffer.from(data)) // a copy: the writer keeps it longer than it is valid
    }
    const checksum = digest?.finish().toString('base64')
    const part: Part = {
      number,
      modified: Date.now(),
      size: writer.size,
      etag: md5.digest('hex'),
      ...(checksum ? { checksum } : {}),
      chunks: await writer.finish(),
    }
    await commitPart(store, request, part)
    const nodes: XmlNode[] = upload.checksum && checksum ? [[`Checksum${upload.checksum.algorithm}`, checksum]] : []
    return xmlResponse(
      ['CopyPartResult', [['LastModified', isoTime(part.modified)], ['ETag', quoted(part.etag)], ...nodes]],
      source.headers,
    )
  } finally {
    release()
    await writer.settle()
  }
}

/** AbortMultipartUpload. */
export async function abortMultipartUpload(store: Store, request: S3Request): Promise<S3Response> {
  bucketOf(store, request.bucket!)
  const { upload } = uploadOf(store, request)
  await store.metadata.withUpload(upload.bucket, upload.uploadId, async () => {
    uploadOf(store, request)
    await store.metadata.commit({ op: 'abort-upload', uploadId: upload.uploadId })
  })
  return { status: 204 }
}

function commitPart(store: Store, request: S3Request, part: Part): Promise<void> {
  const uploadId = param(request, 'uploadId')!
  return store.metadata.withUpload(request.bucket!, uploadId, async () => {
    uploadOf(store, request) // it may have been completed or aborted while the part was on its way
    await store.metadata.commit({ op: 'put-part', uploadId, part })
  })
}

function partNumber(request: S3Request): number {
  const text = param(request, 'partNumber') ?? ''
  const number = Number(text)
  if (!/^\d{1,5}$/.test(text) || number < 1 || number > LIMITS.parts) {
    throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${LIMITS.parts}, inclusive`)
  }
  return number
}

/** Algorithm and type of an upload's checksum. S3's defaults: composite, but for CRC64NVME, which knows full-object only. */
function uploadChecksum(request: S3Request): Upload['checksum'] {
  const name = request.headers.get('x-amz-checksum-algorithm')
  const type = request.headers.get('x-amz-checksum-type')?.toUpperCase()
  if (name === undefined) {
    if (type !== undefined)
      throw new S3Error('InvalidRequest', 'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.')
    return undefined
  }
  const algorithm = parseAlgorithm(name)
  const chosen = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')
  const possible = chosen === 'FULL_OBJECT' ? canCombine(algorithm) : chosen === 'COMPOSITE' && algorithm !== 'CRC64NVME'
  if (!possible)
    throw new S3Error(
      'InvalidRequest',
      `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    )
  return { algorithm, type: chosen as 'FULL_OBJECT' | 'COMPOSITE' }
}
