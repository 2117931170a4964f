import { parseAlgorithm } from '../checksums/declared.ts'
import { createDigest } from '../checksums/digest.ts'
import { checkWrite } from '../http/conditions.ts'
import { S3Error } from '../http/errors.ts'
import type { S3Request } from '../http/request.ts'
import { isoTime, quoted, type S3Response, xmlResponse } from '../http/response.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { LIMITS } from '../limits.ts'
import type { Checksum, Description, ObjectVersion } from '../metadata/types.ts'
import { type CopySource, copySource } from './copy-source.ts'
import { describe } from './description.ts'
import { openObject } from './read-object.ts'
import { bucketOf, currentVersion, newVersionId, type Store, versionHeader } from './store.ts'

/**
 * CopyObject. No byte is copied: chunks are never changed, so the new version refers to those of the source, and the
 * data node counts both references.
 */
export async function copyObject(store: Store, request: S3Request): Promise<S3Response> {
  const description = describe(request)
  const [bucketName, key] = [request.bucket!, request.key!]
  bucketOf(store, bucketName)
  const source = copySource(store, request)
  const release = store.chunks.pin(source.version.chunks)
  try {
    if (source.version.size > LIMITS.putBytes)
      throw new S3Error(
        'InvalidRequest',
        'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
      )
    const copied = copiedDescription(request, source, description)
    const checksum = await copiedChecksum(store, request, source.version)
    return await store.metadata.withKey(bucketName, key, async () => {
      const bucket = bucketOf(store, bucketName)
      checkWrite(request.headers, currentVersion(bucket, key))
      const { etag, size, parts, chunks } = currentChunks(store, source)
      const version: ObjectVersion = {
        ...copied,
        versionId: newVersionId(bucket),
        modified: Date.now(),
        deleteMarker: false,
        size,
        etag,
        ...(checksum ? { checksum } : {}),
        ...(parts ? { parts } : {}),
        chunks,
      }
      await store.metadata.commit({ op: 'put-version', bucket: bucketName, key, version })
      const headers = { ...source.headers, 'x-amz-version-id': versionHeader(bucket, version.versionId) }
      return xmlResponse(
        ['CopyObjectResult', [['LastModified', isoTime(version.modified)], ['ETag', quoted(etag)], ...checksumNodes(checksum)]],
        headers,
      )
    })
  } finally {
    release()
  }
}

/** The elements of an answer for a stored checksum. */
export function checksumNodes(checksum: Checksum | undefined): XmlNode[] {
  return checksum
    ? [
        [`Checksum${checksum.algorithm}`, checksum.value],
        ['ChecksumType', checksum.type],
      ]
    : []
}

/** The collector may have moved the source's chunks meanwhile; the pinned ones are still readable, but on their way out. */
function currentChunks(store: Store, source: CopySource): ObjectVersion {
  const bucket = store.metadata.namespace.buckets.get(source.bucket.record.name)
  const now = bucket?.keys.get(source.key)?.find(version => version.versionId === source.version.versionId)
  return now && now.etag === source.version.etag && now.modified === source.version.modified ? now : source.version
}

function copiedDescription(request: S3Request, source: CopySource, given: Description): Description {
  const metadataDirective = directive(request, 'x-amz-metadata-directive')
  const taggingDirective = directive(request, 'x-amz-tagging-directive')
  const storageClass = given.headers['x-amz-storage-class']
  const onItself = source.bucket.record.name === request.bucket && source.key === request.key
  const changes =
    metadataDirective === 'REPLACE' ||
    taggingDirective === 'REPLACE' ||
    storageClass !== undefined ||
    request.headers.has('x-amz-checksum-algorithm')
  if (onItself && !source.versioned && !changes) {
    throw new S3Error(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    )
  }
  const { 'x-amz-storage-class': _, 'x-amz-website-redirect-location': __, ...sourceHeaders } = source.version.headers
  const headers =
    metadataDirective === 'REPLACE'
      ? given.headers
      : storageClass
        ? { ...sourceHeaders, 'x-amz-storage-class': storageClass }
        : sourceHeaders
  return {
    headers,
    metadata: metadataDirective === 'REPLACE' ? given.metadata : source.version.metadata,
    tags: taggingDirective === 'REPLACE' ? given.tags : source.version.tags,
  }
}

function directive(request: S3Request, header: string): 'COPY' | 'REPLACE' {
  const value = request.headers.get(header) ?? 'COPY'
  if (value !== 'COPY' && value !== 'REPLACE') throw new S3Error('InvalidArgument', `Unknown ${header}.`)
  return value
}

/** The source's checksum, or, where another algorithm is asked for, one computed from the bytes. */
async function copiedChecksum(store: Store, request: S3Request, source: ObjectVersion): Promise<Checksum | undefined> {
  const asked = request.headers.get('x-amz-checksum-algorithm')
  if (asked === undefined || source.checksum?.algorithm === asked.toUpperCase()) return source.checksum
  const algorithm = parseAlgorithm(asked)
  const digest = createDigest(algorithm)
  const { stream, release } = openObject(store, source.chunks, 0, source.size)
  try {
    for await (const data of stream) digest.update(data)
  } finally {
    release()
  }
  return { algorithm, type: 'FULL_OBJECT', value: digest.finish().toString('base64') }
}
