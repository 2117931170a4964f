import { S3Error } from '../http/errors.ts'
import { param, type S3Request } from '../http/request.ts'
import { type S3Response, xmlResponse } from '../http/response.ts'
import { childrenOf, childText, parseXml } from '../http/xml-parser.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { LIMITS } from '../limits.ts'
import { receiveText } from './receive.ts'
import { bucketOf, readableVersion, type Store, versionHeader } from './store.ts'

/** Checks tags. Throws `InvalidTag` (too long, twice) and `BadRequest` (too many). */
export function validateTags(pairs: readonly (readonly [string, string])[], limit: number): Record<string, string> {
  if (pairs.length > limit) throw new S3Error('BadRequest', `Tags cannot be greater than ${limit}`)
  const tags: Record<string, string> = Object.create(null)
  for (const [key, value] of pairs) {
    if (key === '' || [...key].length > LIMITS.tagKeyLength || key.startsWith('aws:'))
      throw new S3Error('InvalidTag', 'The TagKey you have provided is invalid')
    if ([...value].length > LIMITS.tagValueLength) throw new S3Error('InvalidTag', 'The TagValue you have provided is invalid')
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value)) throw new S3Error('InvalidTag')
    if (key in tags) throw new S3Error('InvalidTag', 'Cannot provide multiple Tags with the same key')
    tags[key] = value
  }
  return tags
}

/** GetObjectTagging. */
export async function getObjectTagging(store: Store, request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(store, request.bucket!)
  const version = readableVersion(bucket, request.key!, param(request, 'versionId'))
  return xmlResponse(taggingDocument(version.tags), { 'x-amz-version-id': versionHeader(bucket, version.versionId) })
}

/** PutObjectTagging. */
export async function putObjectTagging(store: Store, request: S3Request): Promise<S3Response> {
  return changeTags(store, request, parseTagging(await receiveText(request), LIMITS.objectTags), 200)
}

/** DeleteObjectTagging. */
export async function deleteObjectTagging(store: Store, request: S3Request): Promise<S3Response> {
  return changeTags(store, request, {}, 204)
}

function changeTags(store: Store, request: S3Request, tags: Record<string, string>, status: number): Promise<S3Response> {
  const [bucketName, key] = [request.bucket!, request.key!]
  return store.metadata.withKey(bucketName, key, async () => {
    const bucket = bucketOf(store, bucketName)
    const version = readableVersion(bucket, key, param(request, 'versionId'))
    await store.metadata.commit({ op: 'change-version', bucket: bucketName, key, version: { ...version, tags } })
    return { status, headers: { 'x-amz-version-id': versionHeader(bucket, version.versionId) } }
  })
}

/** GetBucketTagging. */
export async function getBucketTagging(store: Store, request: S3Request): Promise<S3Response> {
  const { tags } = bucketOf(store, request.bucket!).record
  if (!tags) throw new S3Error('NoSuchTagSet')
  return xmlResponse(taggingDocument(tags))
}

/** PutBucketTagging. */
export async function putBucketTagging(store: Store, request: S3Request): Promise<S3Response> {
  const tags = parseTagging(await receiveText(request), LIMITS.bucketTags)
  return store.metadata.withBucket(request.bucket!, async () => {
    await store.metadata.commit({ op: 'put-bucket', bucket: { ...bucketOf(store, request.bucket!).record, tags } })
    return { status: 204 }
  })
}

/** DeleteBucketTagging. */
export async function deleteBucketTagging(store: Store, request: S3Request): Promise<S3Response> {
  return store.metadata.withBucket(request.bucket!, async () => {
    const { tags: _, ...record } = bucketOf(store, request.bucket!).record
    await store.metadata.commit({ op: 'put-bucket', bucket: record })
    return { status: 204 }
  })
}

/** The tags of a Tagging document. Throws `MalformedXML` and what `validateTags` throws. */
export function parseTagging(text: string, limit: number): Record<string, string> {
  const root = parseXml(text)
  const sets = childrenOf(root, 'TagSet')
  if (root.name !== 'Tagging' || sets.length !== 1) throw new S3Error('MalformedXML')
  const pairs = childrenOf(sets[0]!, 'Tag').map(tag => [childText(tag, 'Key') ?? '', childText(tag, 'Value') ?? ''] as const)
  return validateTags(pairs, limit)
}

function taggingDocument(tags: Readonly<Record<string, string>>): XmlNode {
  const set = Object.entries(tags).map(
    ([key, value]): XmlNode => [
      'Tag',
      [
        ['Key', key],
        ['Value', value],
      ],
    ],
  )
  return ['Tagging', [['TagSet', set]]]
}
