import { S3Error } from '../http/errors.ts'
import { isBucketName, param, type S3Request } from '../http/request.ts'
import type { S3Response } from '../http/response.ts'
import * as buckets from './buckets.ts'
import { completeMultipartUpload } from './complete-upload.ts'
import { ABSENT, DEFAULTS, deleteConfiguration, getAcl, getConfiguration, putAcl } from './configurations.ts'
import { copyObject } from './copy-object.ts'
import { deleteObject, deleteObjects } from './delete-object.ts'
import { getObject } from './get-object.ts'
import { listObjects, listObjectsV2 } from './list-objects.ts'
import { listMultipartUploads, listParts } from './list-uploads.ts'
import { listObjectVersions } from './list-versions.ts'
import { abortMultipartUpload, createMultipartUpload, uploadPart, uploadPartCopy } from './multipart.ts'
import { getObjectAttributes } from './object-attributes.ts'
import { postObject } from './post-object.ts'
import { putObject } from './put-object.ts'
import type { Store } from './store.ts'
import * as tags from './tags.ts'

/** An operation of S3. `region` is the store's, undefined where it takes any. */
export type Operation = (store: Store, request: S3Request, region: string | undefined) => Promise<S3Response>

/** method, what it is about, subresource (a query parameter, '' for none), operation, and whether it moves object data */
type Route = readonly [
  method: string,
  target: 'service' | 'bucket' | 'object',
  subresource: string,
  operation: Operation,
  transfer?: 'transfer',
]

const notImplemented: Operation = async () => {
  throw new S3Error('NotImplemented')
}
const copyOr =
  (copy: Operation, put: Operation): Operation =>
  (store, request, region) =>
    (request.headers.has('x-amz-copy-source') ? copy : put)(store, request, region)
const listByVersion: Operation = (store, request) => (param(request, 'list-type') === '2' ? listObjectsV2 : listObjects)(store, request)

/** Subresources that select an operation which this store does not have; without this list they would be taken for a plain GET or PUT. */
const UNSUPPORTED = [
  'torrent',
  'retention',
  'legal-hold',
  'select',
  'restore',
  'inventory',
  'metrics',
  'analytics',
  'intelligent-tiering',
  'session',
]

/** Every operation. The first route whose subresource is in the query wins. */
const ROUTES: readonly Route[] = [
  ['GET', 'service', '', buckets.listBuckets],
  ['GET', 'bucket', 'location', buckets.getBucketLocation],
  ['GET', 'bucket', 'versioning', buckets.getBucketVersioning],
  ['PUT', 'bucket', 'versioning', buckets.putBucketVersioning],
  ['GET', 'bucket', 'tagging', tags.getBucketTagging],
  ['PUT', 'bucket', 'tagging', tags.putBucketTagging],
  ['DELETE', 'bucket', 'tagging', tags.deleteBucketTagging],
  ['GET', 'bucket', 'acl', getAcl],
  ['PUT', 'bucket', 'acl', putAcl],
  ['GET', 'bucket', 'versions', listObjectVersions],
  ['GET', 'bucket', 'uploads', listMultipartUploads],
  ['POST', 'bucket', 'delete', deleteObjects],
  ...[...Object.keys(ABSENT), ...Object.keys(DEFAULTS)].flatMap((name): Route[] => [
    ['GET', 'bucket', name, (store, request) => getConfiguration(store, request, name)],
    ['PUT', 'bucket', name, notImplemented],
    ['DELETE', 'bucket', name, (store, request) => deleteConfiguration(store, request, name)],
  ]),
  ...UNSUPPORTED.flatMap((name): Route[] =>
    ['GET', 'PUT', 'POST', 'DELETE'].flatMap((method): Route[] => [
      [method, 'bucket', name, notImplemented],
      [method, 'object', name, notImplemented],
    ]),
  ),
  ['GET', 'bucket', '', listByVersion],
  ['HEAD', 'bucket', '', buckets.headBucket],
  ['PUT', 'bucket', '', buckets.createBucket],
  ['DELETE', 'bucket', '', buckets.deleteBucket],

  ['GET', 'object', 'tagging', tags.getObjectTagging],
  ['PUT', 'object', 'tagging', tags.putObjectTagging],
  ['DELETE', 'object', 'tagging', tags.deleteObjectTagging],
  ['GET', 'object', 'acl', getAcl],
  ['PUT', 'object', 'acl', putAcl],
  ['GET', 'object', 'attributes', getObjectAttributes],
  ['GET', 'object', 'uploadId', listParts],
  ['PUT', 'object', 'uploadId', copyOr(uploadPartCopy, uploadPart), 'transfer'],
  ['POST', 'object', 'uploads', createMultipartUpload],
  ['POST', 'object', 'uploadId', completeMultipartUpload],
  ['DELETE', 'object', 'uploadId', abortMultipartUpload],
  ['GET', 'object', '', getObject, 'transfer'],
  ['HEAD', 'object', '', getObject],
  ['PUT', 'object', '', copyOr(copyObject, putObject), 'transfer'],
  ['POST', 'object', '', postObject, 'transfer'],
  ['DELETE', 'object', '', deleteObject],
]

/** Finds a request's operation. Throws `MethodNotAllowed`, `InvalidBucketName`, `AccessDenied` for a bucket that the user may not reach. */
export function route(request: S3Request): { readonly operation: Operation; readonly transfer: boolean } {
  const { bucket, key } = request
  const target = key !== undefined ? 'object' : bucket !== undefined ? 'bucket' : 'service'
  if (bucket !== undefined) {
    if (!isBucketName(bucket)) throw new S3Error('InvalidBucketName')
    if (!bucket.startsWith(request.auth.user.bucketPrefix)) throw new S3Error('AccessDenied')
  }
  const names = new Set(request.query.map(([name]) => name))
  for (const [method, level, subresource, operation, transfer] of ROUTES) {
    if (method === request.method && level === target && (subresource === '' || names.has(subresource)))
      return { operation, transfer: transfer !== undefined }
  }
  throw new S3Error('MethodNotAllowed')
}
