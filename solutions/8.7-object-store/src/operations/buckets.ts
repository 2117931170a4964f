import { S3Error } from '../http/errors.ts'
import { isBucketName, param, type S3Request } from '../http/request.ts'
import { isoTime, type S3Response, xmlResponse } from '../http/response.ts'
import { childText, parseXml } from '../http/xml-parser.ts'
import type { XmlNode } from '../http/xml-writer.ts'
import { LIMITS } from '../limits.ts'
import { compareKeys } from '../metadata/key-order.ts'
import { receiveText } from './receive.ts'
import { bucketOf, type Store } from './store.ts'

/** The owner that listings name: there is one. */
export const OWNER: XmlNode = [
  'Owner',
  [
    ['ID', '02d6176db174dc93cb1b899f7c6078f08654445fe8cf1b6ce98d8855f66bdbf4'],
    ['DisplayName', 'millrace'],
  ],
]

const DEFAULT_REGION = 'us-east-1'

/** ListBuckets: those that the user may reach, in pages where `max-buckets` asks for them. The token is the last name of the page before. */
export async function listBuckets(store: Store, request: S3Request, region = DEFAULT_REGION): Promise<S3Response> {
  const prefix = param(request, 'prefix') ?? ''
  const token = param(request, 'continuation-token')
  const limit = param(request, 'max-buckets') ?? String(LIMITS.bucketsPage)
  if (!/^\d{1,5}$/.test(limit) || Number(limit) < 1 || Number(limit) > LIMITS.bucketsPage)
    throw new S3Error('InvalidArgument', `max-buckets must be a whole number from 1 to ${LIMITS.bucketsPage}.`)
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString()
  if (token !== undefined && !isBucketName(after)) throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect.')
  const elsewhere = (param(request, 'bucket-region') ?? region) !== region
  const names = [...store.metadata.namespace.buckets.keys()]
    .filter(name => name.startsWith(request.auth.user.bucketPrefix) && name.startsWith(prefix) && name > after && !elsewhere)
    .sort(compareKeys)
  const page = names.slice(0, Number(limit))
  const buckets = page.map(
    (name): XmlNode => [
      'Bucket',
      [
        ['Name', name],
        ['CreationDate', isoTime(bucketOf(store, name).record.created)],
        ['BucketRegion', region],
      ],
    ],
  )
  const next: XmlNode | undefined =
    page.length < names.length ? ['ContinuationToken', Buffer.from(page.at(-1)!).toString('base64url')] : undefined
  return xmlResponse(['ListAllMyBucketsResult', [OWNER, ['Buckets', buckets], next, prefix === '' ? undefined : ['Prefix', prefix]]])
}

/** CreateBucket. */
export async function createBucket(store: Store, request: S3Request, region: string | undefined): Promise<S3Response> {
  const name = request.bucket!
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName')
  if (request.headers.get('x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true')
    throw new S3Error('NotImplemented', 'Object Lock is not supported by this store.')
  const text = await receiveText(request)
  if (text.trim() !== '') {
    const configuration = parseXml(text)
    if (configuration.name !== 'CreateBucketConfiguration') throw new S3Error('MalformedXML')
    const location = childText(configuration, 'LocationConstraint')?.trim()
    if (location && region && location !== region)
      throw new S3Error('InvalidArgument', `The location constraint '${location}' is not this store's region, '${region}'.`)
  }
  return store.metadata.withBucket(name, async () => {
    const { buckets } = store.metadata.namespace
    if (buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou')
    if (buckets.size >= LIMITS.buckets) throw new S3Error('TooManyBuckets')
    await store.metadata.commit({ op: 'put-bucket', bucket: { name, created: request.now, versioning: 'Off' } })
    return { status: 200, headers: { location: `/${name}` } }
  })
}

/** HeadBucket. */
export async function headBucket(store: Store, request: S3Request, region: string | undefined): Promise<S3Response> {
  bucketOf(store, request.bucket!)
  return { status: 200, headers: { 'x-amz-bucket-region': region ?? DEFAULT_REGION } }
}

/** DeleteBucket: an empty one, with whatever uploads are in progress in it. */
export async function deleteBucket(store: Store, request: S3Request): Promise<S3Response> {
  const name = request.bucket!
  return store.metadata.withBucket(name, async () => {
    if (bucketOf(store, name).keys.size > 0) throw new S3Error('BucketNotEmpty')
    await store.metadata.commit({ op: 'delete-bucket', bucket: name })
    return { status: 204 }
  })
}

/** GetBucketLocation: empty for us-east-1, as S3 answers. */
export async function getBucketLocation(store: Store, request: S3Request, region: string | undefined): Promise<S3Response> {
  bucketOf(store, request.bucket!)
  return xmlResponse(['LocationConstraint', (region ?? DEFAULT_REGION) === DEFAULT_REGION ? '' : region!])
}

/** GetBucketVersioning. */
export async function getBucketVersioning(store: Store, request: S3Request): Promise<S3Response> {
  const { versioning } = bucketOf(store, request.bucket!).record
  return xmlResponse(['VersioningConfiguration', versioning === 'Off' ? [] : [['Status', versioning]]])
}

/** PutBucketVersioning. */
export async function putBucketVersioning(store: Store, request: S3Request): Promise<S3Response> {
  const configuration = parseXml(await receiveText(request))
  const status = childText(configuration, 'Status')
  if (configuration.name !== 'VersioningConfiguration') throw new S3Error('MalformedXML')
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('MalformedXML')
  if (childText(configuration, 'MfaDelete') === 'Enabled') throw new S3Error('NotImplemented', 'MFA delete is not supported by this store.')
  return store.metadata.withBucket(request.bucket!, async () => {
    const { record } = bucketOf(store, request.bucket!)
    await store.metadata.commit({ op: 'put-bucket', bucket: { ...record, versioning: status } })
    return { status: 200 }
  })
}
