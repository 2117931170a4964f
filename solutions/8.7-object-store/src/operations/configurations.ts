import { type ErrorCode, S3Error } from '../http/errors.ts'
import type { S3Request } from '../http/request.ts'
import { type S3Response, xmlResponse } from '../http/response.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { OWNER } from './buckets.ts'
import { receiveText } from './receive.ts'
import { bucketOf, readableVersion, type Store } from './store.ts'

/** Bucket configurations that this store does not have, and what S3 says of a bucket without them. */
export const ABSENT: Readonly<Record<string, ErrorCode>> = {
  policy: 'NoSuchBucketPolicy',
  lifecycle: 'NoSuchLifecycleConfiguration',
  cors: 'NoSuchCORSConfiguration',
  encryption: 'ServerSideEncryptionConfigurationNotFoundError',
  'object-lock': 'ObjectLockConfigurationNotFoundError',
  replication: 'ReplicationConfigurationNotFoundError',
  website: 'NoSuchWebsiteConfiguration',
  ownershipControls: 'OwnershipControlsNotFoundError',
  publicAccessBlock: 'NoSuchPublicAccessBlockConfiguration',
}

/** Configurations that every bucket has, in the state in which they do nothing. */
export const DEFAULTS: Readonly<Record<string, XmlNode>> = {
  notification: ['NotificationConfiguration', ''],
  logging: ['BucketLoggingStatus', ''],
  accelerate: ['AccelerateConfiguration', ''],
  requestPayment: ['RequestPaymentConfiguration', [['Payer', 'BucketOwner']]],
  policyStatus: ['PolicyStatus', [['IsPublic', 'FALSE']]],
}

/** GET of a bucket configuration. */
export async function getConfiguration(store: Store, request: S3Request, name: string): Promise<S3Response> {
  bucketOf(store, request.bucket!)
  const absent = ABSENT[name]
  if (absent) throw new S3Error(absent)
  const document = DEFAULTS[name]
  if (document) return xmlResponse(document)
  throw new S3Error('NotImplemented')
}

/** DELETE of a bucket configuration: there is none, which is what was wanted. */
export async function deleteConfiguration(store: Store, request: S3Request, name: string): Promise<S3Response> {
  bucketOf(store, request.bucket!)
  if (!ABSENT[name] || name === 'object-lock') throw new S3Error('NotImplemented')
  return { status: 204 }
}

/** GetBucketAcl and GetObjectAcl: the owner has full control, nobody else has any. */
export async function getAcl(store: Store, request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(store, request.bucket!)
  if (request.key) readableVersion(bucket, request.key, undefined)
  const grantee = `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>${OWNER_ID}</ID><DisplayName>millrace</DisplayName></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>${OWNER_ID}</ID><DisplayName>millrace</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${grantee}` }
}

/** PutBucketAcl and PutObjectAcl: `private` is what holds anyway; everything else is refused. */
export async function putAcl(store: Store, request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(store, request.bucket!)
  if (request.key) readableVersion(bucket, request.key, undefined)
  await receiveText(request)
  if (request.headers.get('x-amz-acl') !== 'private')
    throw new S3Error('NotImplemented', 'Access control lists other than private are not supported by this store.')
  return { status: 200 }
}

const OWNER_ID = (OWNER[1] as XmlNode[])[0]![1]
