import { crc32 } from 'node:zlib'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { signedChunks, signRaw, transmit } from '../support/raw-client.ts'
import { brief, type Case, type Context, get, outcome, put } from './case.ts'

const MINUTE = 60_000
const DATA = [Buffer.alloc(8192, 'first'), Buffer.from('second')]
const CRC32 = Buffer.from(crc32(Buffer.concat(DATA)).toString(16).padStart(8, '0'), 'hex').toString('base64')
const LENGTH = String(8192 + 6)

function chunked(
  c: Context,
  trailers: Record<string, string> | undefined,
  tamper?: (index: number, data: Buffer) => Buffer,
  target = `/${c.bucket}/a`,
) {
  const payloadHash = trailers ? 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER' : 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'
  const trailerHeaders: Record<string, string> = trailers ? { 'x-amz-trailer': Object.keys(trailers).join(',') } : {}
  const headers = { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': LENGTH, ...trailerHeaders }
  const signed = signRaw(c.url, { method: 'PUT', target, payloadHash, headers })
  return transmit(c.url, 'PUT', target, signed.headers, signedChunks(signed.seed, DATA, trailers, tamper))
}

const DIFFERS: Readonly<Record<string, Case['differs']>> = {
  ...Object.fromEntries(
    ['lifecycle', 'encryption', 'notification', 'replication'].map(name => [
      name,
      { versitygw: 'has another answer for this configuration' },
    ]),
  ),
  ownershipControls: { minio: 'does not have this configuration', versitygw: 'has one for each bucket' },
  publicAccessBlock: { minio: 'does not have this configuration', versitygw: 'does not have this configuration' },
}

async function afterwards(c: Context, status: string) {
  return [status, await outcome(get(c, 'a'), body => body.length)]
}

const fetched = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init)
  const text = await response.text()
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1]
  return code ? `${response.status} ${code}` : [response.status, text]
}

/** Signatures, presigned URLs, configurations. */
export const accessCases: Case[] = [
  { name: 'no signature', run: async c => brief(await c.raw({ target: `/${c.bucket}`, anonymous: true })), expected: '403 AccessDenied' },
  {
    name: 'a wrong secret',
    run: async c => brief(await c.raw({ target: `/${c.bucket}`, secretKey: 'wrong-secret' })),
    expected: '403 SignatureDoesNotMatch',
  },
  {
    name: 'an unknown access key',
    run: async c => brief(await c.raw({ target: `/${c.bucket}`, accessKey: 'NOBODY' })),
    differs: { versitygw: 'says XAdminUserNotFound' },
    expected: '403 InvalidAccessKeyId',
  },
  {
    name: 'another region',
    run: async c => brief(await c.raw({ target: `/${c.bucket}`, region: 'mars-1' })),
    differs: { minio: 'takes any region unless told otherwise' },
    expected: '400 AuthorizationHeaderMalformed',
  },
  {
    name: 'a clock 20 minutes off',
    run: async c => [
      brief(await c.raw({ target: `/${c.bucket}`, date: new Date(Date.now() - 20 * MINUTE) })),
      brief(await c.raw({ target: `/${c.bucket}`, date: new Date(Date.now() + 20 * MINUTE) })),
    ],
    expected: ['403 RequestTimeTooSkewed', '403 RequestTimeTooSkewed'],
  },
  {
    name: 'a header changed after signing',
    run: async c =>
      brief(
        await c.raw({
          method: 'PUT',
          target: `/${c.bucket}/a`,
          body: 'x',
          headers: { 'x-amz-meta-m': '1' },
          tamper: headers => void (headers['x-amz-meta-m'] = '2'),
        }),
      ),
    expected: '403 SignatureDoesNotMatch',
  },
  {
    name: 'an x-amz- header added after signing',
    run: async c =>
      brief(await c.raw({ method: 'PUT', target: `/${c.bucket}/a`, body: 'x', tamper: headers => void (headers['x-amz-meta-m'] = '2') })),
    differs: { minio: 'takes headers that were not signed' },
    expected: '403 AccessDenied',
  },
  {
    name: 'a body other than the signed hash',
    run: async c => afterwards(c, brief(await c.raw({ method: 'PUT', target: `/${c.bucket}/a`, body: 'x', payloadHash: 'a'.repeat(64) }))),
    expected: ['400 XAmzContentSHA256Mismatch', '404 NoSuchKey'],
  },
  {
    name: 'an unsigned payload',
    run: async c =>
      afterwards(c, brief(await c.raw({ method: 'PUT', target: `/${c.bucket}/a`, body: 'x', payloadHash: 'UNSIGNED-PAYLOAD' }))),
    expected: ['200', 1],
  },
  { name: 'signed chunks', run: async c => afterwards(c, brief(await chunked(c, undefined))), expected: ['200', 8198] },
  {
    name: 'a changed chunk',
    run: async c => afterwards(c, brief(await chunked(c, undefined, (index, data) => (index === 1 ? Buffer.from('SECOND') : data)))),
    expected: ['403 SignatureDoesNotMatch', '404 NoSuchKey'],
  },
  {
    name: 'signed chunks with a signed trailer',
    run: async c => afterwards(c, brief(await chunked(c, { 'x-amz-checksum-crc32': CRC32 }))),
    expected: ['200', 8198],
  },
  {
    name: 'a signed trailer, wrong checksum',
    run: async c => afterwards(c, brief(await chunked(c, { 'x-amz-checksum-crc32': 'AAAAAA==' }))),
    expected: ['400 BadDigest', '404 NoSuchKey'],
    differs: { minio: 'calls it XAmzContentChecksumMismatch' },
  },
  {
    name: 'a presigned get',
    run: async c => {
      await put(c, 'a b', 'hello')
      return fetched(await getSignedUrl(c.s3, new GetObjectCommand({ Bucket: c.bucket, Key: 'a b' }), { expiresIn: 60 }))
    },
    expected: [200, 'hello'],
  },
  {
    name: 'a presigned put',
    run: async c => {
      const url = await getSignedUrl(c.s3, new PutObjectCommand({ Bucket: c.bucket, Key: 'a' }), { expiresIn: 60 })
      return [await fetched(url, { method: 'PUT', body: 'hello' }), await get(c, 'a')]
    },
    expected: [[200, ''], 'hello'],
  },
  {
    name: 'a presigned URL for another key',
    run: async c => {
      await put(c, 'b', 'hello')
      const url = await getSignedUrl(c.s3, new GetObjectCommand({ Bucket: c.bucket, Key: 'a' }), { expiresIn: 60 })
      return fetched(url.replace('/a?', '/b?'))
    },
    expected: '403 SignatureDoesNotMatch',
  },
  {
    name: 'a presigned get used for a put',
    run: async c =>
      fetched(await getSignedUrl(c.s3, new GetObjectCommand({ Bucket: c.bucket, Key: 'a' }), { expiresIn: 60 }), {
        method: 'PUT',
        body: 'x',
      }),
    expected: '403 SignatureDoesNotMatch',
  },
  {
    name: 'an expired presigned URL',
    run: async c => {
      await put(c, 'a', 'hello')
      return fetched(
        await getSignedUrl(c.s3, new GetObjectCommand({ Bucket: c.bucket, Key: 'a' }), {
          expiresIn: 60,
          signingDate: new Date(Date.now() - 2 * MINUTE),
        }),
      )
    },
    expected: '403 AccessDenied',
  },
  {
    name: 'a presigned URL for more than a week',
    run: async c => {
      const url = await getSignedUrl(c.s3, new GetObjectCommand({ Bucket: c.bucket, Key: 'a' }), { expiresIn: 60 })
      return fetched(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=604801'))
    },
    expected: '400 AuthorizationQueryParametersError',
  },
  ...(
    [
      ['policy', '404 NoSuchBucketPolicy'],
      ['lifecycle', '404 NoSuchLifecycleConfiguration'],
      ['cors', '404 NoSuchCORSConfiguration'],
      ['encryption', '404 ServerSideEncryptionConfigurationNotFoundError'],
      ['tagging', '404 NoSuchTagSet'],
      ['acl', '200'],
      ['notification', '200'],
      ['replication', '404 ReplicationConfigurationNotFoundError'],
      ['object-lock', '404 ObjectLockConfigurationNotFoundError'],
      ['website', '404 NoSuchWebsiteConfiguration'],
      ['ownershipControls', '404 OwnershipControlsNotFoundError'],
      ['publicAccessBlock', '404 NoSuchPublicAccessBlockConfiguration'],
    ] as const
  ).map(
    ([name, expected]): Case => ({
      name: `GET ?${name}`,
      run: async c => brief(await c.raw({ target: `/${c.bucket}?${name}` })),
      expected,
      differs: DIFFERS[name] ?? {},
    }),
  ),
]
