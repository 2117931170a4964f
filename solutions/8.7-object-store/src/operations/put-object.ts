import { checksumHeader } from '../checksums/declared.ts'
import { checkWrite } from '../http/conditions.ts'
import type { S3Request } from '../http/request.ts'
import { quoted, type S3Response } from '../http/response.ts'
import { LIMITS } from '../limits.ts'
import type { Checksum, ObjectVersion } from '../metadata/types.ts'
import { describe } from './description.ts'
import { receive } from './receive.ts'
import { bucketOf, currentVersion, newVersionId, type Store, versionHeader } from './store.ts'

/** PutObject. */
export async function putObject(store: Store, request: S3Request): Promise<S3Response> {
  const description = describe(request)
  const [bucketName, key] = [request.bucket!, request.key!]
  // A condition that fails now is not worth an upload; it is checked again when the upload is done.
  checkWrite(request.headers, currentVersion(bucketOf(store, bucketName), key))
  return receive(store, request, { limit: LIMITS.putBytes }, received =>
    store.metadata.withKey(bucketName, key, async () => {
      const bucket = bucketOf(store, bucketName)
      checkWrite(request.headers, currentVersion(bucket, key))
      const version: ObjectVersion = {
        ...description,
        versionId: newVersionId(bucket),
        modified: Date.now(),
        deleteMarker: false,
        size: received.size,
        etag: received.md5,
        ...(received.checksum ? { checksum: { ...received.checksum, type: 'FULL_OBJECT' } } : {}),
        chunks: received.chunks,
      }
      await store.metadata.commit({ op: 'put-version', bucket: bucketName, key, version })
      return {
        status: 200,
        headers: {
          etag: quoted(version.etag),
          'x-amz-version-id': versionHeader(bucket, version.versionId),
          ...checksumHeaders(version.checksum),
        },
      }
    }),
  )
}

/** The answer's headers for a stored checksum. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  return checksum ? { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type } : {}
}
