import { checkDelete } from '../http/conditions.ts'
import { S3Error } from '../http/errors.ts'
import { param, type S3Request } from '../http/request.ts'
import { type S3Response, xmlResponse } from '../http/response.ts'
import { childrenOf, childText, parseXml, type XmlElement } from '../http/xml-parser.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { LIMITS } from '../limits.ts'
import { receiveText } from './receive.ts'
import { bucketOf, currentVersion, newVersionId, type Store } from './store.ts'

/** What a deletion did. */
interface Deleted {
  /** The version that is gone, or the delete marker that was added. */
  readonly versionId?: string
  readonly deleteMarker?: boolean
}

/** DeleteObject. Deleting what does not exist succeeds. */
export async function deleteObject(store: Store, request: S3Request): Promise<S3Response> {
  const deleted = await deleteVersion(store, request.bucket!, request.key!, param(request, 'versionId'), request.headers)
  return {
    status: 204,
    headers: { 'x-amz-version-id': deleted.versionId, 'x-amz-delete-marker': deleted.deleteMarker ? 'true' : undefined },
  }
}

/** DeleteObjects: up to 1,000 keys, each with its own outcome. */
export async function deleteObjects(store: Store, request: S3Request): Promise<S3Response> {
  bucketOf(store, request.bucket!)
  const root = parseXml(await receiveText(request))
  const objects = childrenOf(root, 'Object')
  if (root.name !== 'Delete' || objects.length === 0 || objects.length > LIMITS.deleteKeys) throw new S3Error('MalformedXML')
  const quiet = childText(root, 'Quiet') === 'true'
  const results = await Promise.all(
    objects.map(async (object): Promise<XmlNode | undefined> => {
      const key = childText(object, 'Key') ?? ''
      const versionId = childText(object, 'VersionId') || undefined
      const version: XmlNode | undefined = versionId === undefined ? undefined : ['VersionId', versionId]
      try {
        if (key === '' || Buffer.byteLength(key) > LIMITS.keyBytes) throw new S3Error('KeyTooLongError')
        const deleted = await deleteVersion(store, request.bucket!, key, versionId, conditionsOf(object))
        if (quiet) return undefined
        const marker: (XmlNode | undefined)[] = deleted.deleteMarker
          ? [['DeleteMarker', true], deleted.versionId ? ['DeleteMarkerVersionId', deleted.versionId] : undefined]
          : []
        return ['Deleted', [['Key', key], version, ...marker]]
      } catch (error) {
        const { code, message } = error instanceof S3Error ? error : new S3Error('InternalError')
        return ['Error', [['Key', key], version, ['Code', code], ['Message', message]]]
      }
    }),
  )
  return xmlResponse(['DeleteResult', results])
}

/** The conditions of one key in a batch, by the names that their headers have. */
function conditionsOf(object: XmlElement): ReadonlyMap<string, string> {
  const names = [
    ['ETag', 'if-match'],
    ['Size', 'x-amz-if-match-size'],
    ['LastModifiedTime', 'x-amz-if-match-last-modified-time'],
  ] as const
  return new Map(
    names.flatMap(([child, header]): [string, string][] => {
      const value = childText(object, child)
      return value ? [[header, value]] : []
    }),
  )
}

async function deleteVersion(
  store: Store,
  bucketName: string,
  key: string,
  versionId: string | undefined,
  conditions: ReadonlyMap<string, string>,
): Promise<Deleted> {
  // The id goes back in a header, known or not.
  if (versionId !== undefined && !/^[\w.-]+$/.test(versionId)) throw new S3Error('InvalidArgument', 'Invalid version id specified')
  return store.metadata.withKey(bucketName, key, async () => {
    const bucket = bucketOf(store, bucketName)
    const versions = bucket.keys.get(key) ?? []
    const current = versionId === undefined ? currentVersion(bucket, key) : versions.find(version => version.versionId === versionId)
    checkDelete(conditions, current)
    const { versioning } = bucket.record
    if (versionId !== undefined || versioning === 'Off') {
      const target = versions.find(version => version.versionId === (versionId ?? 'null'))
      if (target) await store.metadata.commit({ op: 'delete-version', bucket: bucketName, key, versionId: target.versionId })
      return versionId === undefined ? {} : { versionId, deleteMarker: target?.deleteMarker ?? false }
    }
    // With versioning, deletion is a new version that says so. While suspended it takes the place of the null version.
    const marker = {
      versionId: newVersionId(bucket),
      modified: Date.now(),
      deleteMarker: true,
      size: 0,
      etag: '',
      headers: {},
      metadata: {},
      tags: {},
      chunks: [],
    }
    await store.metadata.commit({ op: 'put-version', bucket: bucketName, key, version: marker })
    return { versionId: marker.versionId, deleteMarker: true }
  })
}
