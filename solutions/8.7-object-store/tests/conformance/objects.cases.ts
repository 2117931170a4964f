import { createHash } from 'node:crypto'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3'
import { brief, type Case, get, head, outcome, put } from './case.ts'

const MD5_OF_HELLO = '"5d41402abc4b2a76b9719d911017c592"'

/** Buckets, put, get, head, delete, copy, metadata. */
export const objectCases: Case[] = [
  {
    name: 'put and get give the same bytes, with the MD5 as ETag',
    run: async c => [(await put(c, 'a', 'hello')).ETag, await get(c, 'a')],
    expected: [MD5_OF_HELLO, 'hello'],
  },
  {
    name: 'an empty object',
    run: async c => [(await put(c, 'a', '')).ETag, await get(c, 'a'), (await head(c, 'a')).ContentLength],
    expected: ['"d41d8cd98f00b204e9800998ecf8427e"', '', 0],
  },
  {
    name: 'a second put replaces the first',
    run: async c => [await outcome(put(c, 'a', '1')), await outcome(put(c, 'a', '22')), await get(c, 'a')],
    expected: ['ok', 'ok', '22'],
  },
  {
    name: 'odd keys are keys like any other',
    run: async c => {
      const keys = ['a b', 'a+b', 'ü/日本/😀', 'a%20b', "q'(1)*!", 'a&b=c?d', 'x;y:z@,$', 'tab\there', 'back\\slash', '.hidden', 'end.']
      for (const key of keys) await put(c, key, key)
      return Promise.all(keys.map(async key => (await get(c, key)) === key))
    },
    expected: Array.from({ length: 11 }, () => true),
  },
  {
    name: 'user metadata and content headers come back',
    run: async c => {
      const given = {
        ContentType: 'text/plain',
        CacheControl: 'max-age=60',
        ContentDisposition: 'attachment',
        ContentLanguage: 'de',
        ContentEncoding: 'gzip',
        Metadata: { one: '1', 'two-2': 'zwei' },
      }
      await put(c, 'a', 'x', given)
      const { ContentType, CacheControl, ContentDisposition, ContentLanguage, ContentEncoding, Metadata } = await head(c, 'a')
      return { ContentType, CacheControl, ContentDisposition, ContentLanguage, ContentEncoding, Metadata }
    },
    expected: {
      ContentType: 'text/plain',
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment',
      ContentLanguage: 'de',
      ContentEncoding: 'gzip',
      Metadata: { one: '1', 'two-2': 'zwei' },
    },
  },
  {
    name: 'too much user metadata is refused',
    run: c => outcome(put(c, 'a', 'x', { Metadata: { big: 'x'.repeat(3000) } })),
    expected: '400 MetadataTooLarge',
  },
  {
    name: 'response headers can be overridden',
    run: async c => {
      await put(c, 'a', 'x')
      const answer = await c.raw({ target: `/${c.bucket}/a?response-content-type=text%2Fcsv&response-cache-control=no-store` })
      return [answer.headers['content-type'], answer.headers['cache-control']]
    },
    expected: ['text/csv', 'no-store'],
  },
  { name: 'get of a missing key', run: c => outcome(get(c, 'nope')), expected: '404 NoSuchKey' },
  { name: 'head of a missing key', run: c => outcome(head(c, 'nope')), expected: '404 NotFound' },
  { name: 'get in a missing bucket', run: c => outcome(get({ ...c, bucket: 'no-such-bucket-at-all' }, 'a')), expected: '404 NoSuchBucket' },
  { name: 'put in a missing bucket', run: c => outcome(put({ ...c, bucket: 'no-such-bucket-at-all' }, 'a')), expected: '404 NoSuchBucket' },
  {
    name: 'head of a missing bucket',
    run: c => outcome(c.s3.send(new HeadBucketCommand({ Bucket: 'no-such-bucket-at-all' }))),
    expected: '404 NotFound',
  },
  { name: 'a bucket that exists', run: c => outcome(c.s3.send(new HeadBucketCommand({ Bucket: c.bucket }))), expected: 'ok' },
  {
    name: 'creating a bucket twice',
    run: async c => brief(await c.raw({ method: 'PUT', target: `/${c.bucket}` })),
    expected: '409 BucketAlreadyOwnedByYou',
  },
  {
    name: 'buckets in pages, by prefix',
    run: async c => {
      const names = ['1', '2', '3'].map(end => `${c.bucket}-p${end}`)
      for (const Bucket of names) await c.s3.send(new CreateBucketCommand({ Bucket }))
      const page = (more: object) => c.s3.send(new ListBucketsCommand({ Prefix: `${c.bucket}-p`, ...more }))
      const short = (answer: { Buckets?: { Name?: string }[] }) => answer.Buckets?.map(({ Name }) => Name?.slice(-2))
      try {
        const first = await page({ MaxBuckets: 2 })
        const rest = first.ContinuationToken ? await page({ MaxBuckets: 2, ContinuationToken: first.ContinuationToken }) : {}
        const answers = [short(first), short(rest), 'ContinuationToken' in rest, first.Prefix === `${c.bucket}-p`]
        return [...answers, await outcome(page({ MaxBuckets: 10_001 })), await outcome(page({ MaxBuckets: 1, ContinuationToken: '?' }))]
      } finally {
        for (const Bucket of names) await c.s3.send(new DeleteBucketCommand({ Bucket }))
      }
    },
    expected: [['p1', 'p2'], ['p3'], false, true, '400 InvalidArgument', '400 InvalidArgument'],
    differs: { minio: 'gives all buckets in one answer', versitygw: 'reads tokens and limits otherwise' },
  },
  {
    name: 'bucket names that DNS does not take',
    run: c =>
      Promise.all(
        ['foo-.bar', 'foo.-bar', 'foo..bar', '-foo', 'foo.'].map(async name => brief(await c.raw({ method: 'PUT', target: `/${name}` }))),
      ),
    expected: Array.from({ length: 5 }, () => '400 InvalidBucketName'),
    differs: { versitygw: 'takes any name' },
  },
  {
    name: 'deletion on conditions: ETag, size, time of the last change',
    run: async c => {
      await put(c, 'a', 'hello')
      const { LastModified } = await head(c, 'a')
      const remove = (more: object) => outcome(c.s3.send(new DeleteObjectCommand({ Bucket: c.bucket, Key: 'a', ...more })))
      const batch = async (more: object) => {
        const answer = await c.s3.send(new DeleteObjectsCommand({ Bucket: c.bucket, Delete: { Objects: [{ Key: 'a', ...more }] } }))
        return answer.Errors?.[0]?.Code ?? answer.Deleted?.[0]?.Key
      }
      const refused = [
        await remove({ IfMatch: '"bad"' }),
        await remove({ IfMatchSize: 4 }),
        await remove({ IfMatchLastModifiedTime: new Date(0) }),
        await batch({ ETag: '"bad"' }),
        await batch({ Size: 6 }),
        await batch({ LastModifiedTime: new Date(0) }),
      ]
      const there = await get(c, 'a').catch(() => 'gone')
      const allowed = await batch({ ETag: MD5_OF_HELLO, Size: 5, LastModifiedTime: LastModified })
      return [...refused, there, allowed, await remove({ IfMatchSize: 5 })]
    },
    expected: [
      ...['412 PreconditionFailed', '412 PreconditionFailed', '412 PreconditionFailed'],
      ...['PreconditionFailed', 'PreconditionFailed', 'PreconditionFailed'],
      ...['hello', 'a', '404 NoSuchKey'],
    ],
    differs: { minio: 'deletes whatever the conditions say', versitygw: 'knows some of the conditions only' },
  },
  {
    name: 'a bad bucket name',
    run: async c => brief(await c.raw({ method: 'PUT', target: '/Bad_Name' })),
    expected: '400 InvalidBucketName',
  },
  {
    name: 'a bucket with something in it is not deleted',
    run: async c => {
      await put(c, 'a')
      return outcome(c.s3.send(new DeleteBucketCommand({ Bucket: c.bucket })))
    },
    expected: '409 BucketNotEmpty',
  },
  {
    name: 'the location of us-east-1 is empty',
    run: async c => (await c.s3.send(new GetBucketLocationCommand({ Bucket: c.bucket }))).LocationConstraint ?? '',
    expected: '',
  },
  {
    name: 'deleting what is not there succeeds',
    run: async c => brief(await c.raw({ method: 'DELETE', target: `/${c.bucket}/nope` })),
    expected: '204',
  },
  {
    name: 'delete, then get',
    run: async c => {
      await put(c, 'a')
      await c.s3.send(new DeleteObjectCommand({ Bucket: c.bucket, Key: 'a' }))
      return outcome(get(c, 'a'))
    },
    expected: '404 NoSuchKey',
  },
  {
    name: 'batch delete',
    run: async c => {
      for (const key of ['a', 'b<&>', 'c']) await put(c, key)
      const answer = await c.s3.send(
        new DeleteObjectsCommand({ Bucket: c.bucket, Delete: { Objects: [{ Key: 'a' }, { Key: 'b<&>' }, { Key: 'nope' }] } }),
      )
      return [answer.Deleted?.map(deleted => deleted.Key).sort(), answer.Errors ?? [], await outcome(get(c, 'a')), await get(c, 'c')]
    },
    expected: [['a', 'b<&>', 'nope'], [], '404 NoSuchKey', 'x'],
  },
  {
    name: 'a quiet batch delete reports nothing',
    run: async c => {
      await put(c, 'a')
      return (
        (await c.s3.send(new DeleteObjectsCommand({ Bucket: c.bucket, Delete: { Quiet: true, Objects: [{ Key: 'a' }] } }))).Deleted ?? []
      )
    },
    differs: { versitygw: 'does not know Quiet' },
    expected: [],
  },
  {
    name: 'a malformed batch delete',
    run: async c => {
      const body = '<Delete><Object>'
      const headers = { 'content-md5': createHash('md5').update(body).digest('base64') }
      return brief(await c.raw({ method: 'POST', target: `/${c.bucket}?delete`, body, headers }))
    },
    differs: { versitygw: 'says InvalidRequest' },
    expected: '400 MalformedXML',
  },
  {
    name: 'copy keeps bytes and metadata',
    run: async c => {
      await put(c, 'a', 'hello', { Metadata: { m: '1' }, ContentType: 'text/plain' })
      const { CopyObjectResult } = await c.s3.send(new CopyObjectCommand({ Bucket: c.bucket, Key: 'b', CopySource: `${c.bucket}/a` }))
      const { Metadata, ContentType } = await head(c, 'b')
      return [CopyObjectResult?.ETag, await get(c, 'b'), Metadata, ContentType]
    },
    expected: [MD5_OF_HELLO, 'hello', { m: '1' }, 'text/plain'],
  },
  {
    name: 'copy can replace the metadata',
    run: async c => {
      await put(c, 'a', 'hello', { Metadata: { m: '1' } })
      await c.s3.send(
        new CopyObjectCommand({
          Bucket: c.bucket,
          Key: 'a',
          CopySource: `${c.bucket}/a`,
          MetadataDirective: 'REPLACE',
          Metadata: { n: '2' },
          ContentType: 'text/css',
        }),
      )
      const { Metadata, ContentType } = await head(c, 'a')
      return [await get(c, 'a'), Metadata, ContentType]
    },
    expected: ['hello', { n: '2' }, 'text/css'],
  },
  {
    name: 'copy onto itself without a change',
    run: async c => {
      await put(c, 'a')
      return outcome(c.s3.send(new CopyObjectCommand({ Bucket: c.bucket, Key: 'a', CopySource: `${c.bucket}/a` })))
    },
    expected: '400 InvalidRequest',
  },
  {
    name: 'copy of a missing key',
    run: c => outcome(c.s3.send(new CopyObjectCommand({ Bucket: c.bucket, Key: 'b', CopySource: `${c.bucket}/nope` }))),
    expected: '404 NoSuchKey',
  },
  {
    name: 'copy with a condition on the source',
    run: async c => {
      await put(c, 'a')
      const copy = (more: object) =>
        outcome(c.s3.send(new CopyObjectCommand({ Bucket: c.bucket, Key: 'b', CopySource: `${c.bucket}/a`, ...more })))
      return [await copy({ CopySourceIfMatch: '"wrong"' }), await copy({ CopySourceIfNoneMatch: '"wrong"' })]
    },
    expected: ['412 PreconditionFailed', 'ok'],
  },
  {
    name: 'a wrong Content-MD5',
    run: async c =>
      brief(await c.raw({ method: 'PUT', target: `/${c.bucket}/a`, body: 'x', headers: { 'content-md5': 'nO0QMCZAdCwLP4Yd1tr3uw==' } })),
    expected: '400 BadDigest',
  },
  {
    name: 'a malformed Content-MD5',
    run: async c => brief(await c.raw({ method: 'PUT', target: `/${c.bucket}/a`, body: 'x', headers: { 'content-md5': 'nonsense' } })),
    expected: '400 InvalidDigest',
  },
  {
    name: 'a key of 1,025 bytes',
    run: async c => brief(await c.raw({ method: 'PUT', target: `/${c.bucket}/${'k'.repeat(1025)}`, body: 'x' })),
    expected: '400 KeyTooLongError',
  },
]
