import { conditionHeaders, evaluateRead } from '../http/conditions.ts'
import { S3Error } from '../http/errors.ts'
import type { S3Request } from '../http/request.ts'
import { parseQuery, uriDecode } from '../http/uri.ts'
import type { Bucket } from '../metadata/namespace.ts'
import type { ObjectVersion } from '../metadata/types.ts'
import { bucketOf, readableVersion, type Store, versionHeader } from './store.ts'

/** The object that a copy reads. */
export interface CopySource {
  readonly bucket: Bucket
  readonly key: string
  readonly version: ObjectVersion
  /** Whether the request named the version. */
  readonly versioned: boolean
  readonly headers: Record<string, string | undefined>
}

/** Finds the source of `x-amz-copy-source: [/]bucket/key[?versionId=…]` and checks the conditions on it. Throws as a read of it would. */
export function copySource(store: Store, request: S3Request): CopySource {
  const header = request.headers.get('x-amz-copy-source') ?? ''
  const question = header.indexOf('?versionId=')
  const path = uriDecode(question < 0 ? header : header.slice(0, question)).replace(/^\//, '')
  const versionId = question < 0 ? undefined : parseQuery(header.slice(question + 1))[0]?.[1]
  const slash = path.indexOf('/')
  const [bucketName, key] = [path.slice(0, slash), path.slice(slash + 1)]
  if (slash <= 0 || key === '')
    throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey')
  if (!bucketName.startsWith(request.auth.user.bucketPrefix)) throw new S3Error('AccessDenied')
  const bucket = bucketOf(store, bucketName)
  const version = sourceVersion(bucket, key, versionId)
  if (evaluateRead(conditionHeaders(request.headers, 'x-amz-copy-source-'), version) !== 'ok') throw new S3Error('PreconditionFailed')
  return {
    bucket,
    key,
    version,
    versioned: versionId !== undefined,
    headers: { 'x-amz-copy-source-version-id': versionHeader(bucket, version.versionId) },
  }
}

function sourceVersion(bucket: Bucket, key: string, versionId: string | undefined): ObjectVersion {
  try {
    return readableVersion(bucket, key, versionId)
  } catch (error) {
    // A delete marker cannot be copied; the usual code for it is about the method, which is not at fault here.
    if (error instanceof S3Error && error.code === 'MethodNotAllowed')
      throw new S3Error('InvalidRequest', 'The source of a copy request may not specifically refer to a delete marker by version id.')
    throw error
  }
}
