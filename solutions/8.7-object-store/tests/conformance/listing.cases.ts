import { ListObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { brief, type Case, type Context, outcome, put } from './case.ts'

const TREE = ['a', 'b/1', 'b/2', 'b/c/3', 'd/4', 'e', 'é', 'z']

async function fill(c: Context, keys: readonly string[] = TREE) {
  await Promise.all(keys.map(key => put(c, key, '')))
}

/** Follows a listing from page to page. */
async function pages(c: Context, more: object): Promise<unknown[]> {
  const result: unknown[] = []
  for (let token: string | undefined; ; ) {
    const page = await c.s3.send(new ListObjectsV2Command({ Bucket: c.bucket, ContinuationToken: token, ...more }))
    result.push([...(page.Contents ?? []).map(object => object.Key), ...(page.CommonPrefixes ?? []).map(prefix => prefix.Prefix)].sort())
    if (!page.IsTruncated) return result
    token = page.NextContinuationToken
  }
}

async function pages1(c: Context, more: object): Promise<unknown[]> {
  const result: unknown[] = []
  for (let marker: string | undefined; ; ) {
    const page = await c.s3.send(new ListObjectsCommand({ Bucket: c.bucket, Marker: marker, ...more }))
    result.push([...(page.Contents ?? []).map(object => object.Key), ...(page.CommonPrefixes ?? []).map(prefix => prefix.Prefix)].sort())
    if (!page.IsTruncated) return result
    marker = page.NextMarker ?? page.Contents?.at(-1)?.Key
  }
}

async function filled(c: Context, keys: readonly string[], list: typeof pages, more: object): Promise<unknown[]> {
  await fill(c, keys)
  return list(c, more)
}

/** ListObjects, both versions. */
export const listingCases: Case[] = [
  { name: 'an empty bucket', run: c => pages(c, {}), expected: [[]] },
  {
    name: 'everything, in UTF-8 order',
    run: async c => {
      await fill(c, [...TREE, '😀', '\uffee'])
      const { Contents } = await c.s3.send(new ListObjectsV2Command({ Bucket: c.bucket }))
      return Contents?.map(object => object.Key)
    },
    expected: ['a', 'b/1', 'b/2', 'b/c/3', 'd/4', 'e', 'z', 'é', '\uffee', '😀'],
  },
  { name: 'a prefix', run: c => filled(c, TREE, pages, { Prefix: 'b/' }), expected: [['b/1', 'b/2', 'b/c/3']] },
  { name: 'a delimiter', run: c => filled(c, TREE, pages, { Delimiter: '/' }), expected: [['a', 'b/', 'd/', 'e', 'z', 'é']] },
  {
    name: 'prefix and delimiter',
    run: c => filled(c, TREE, pages, { Prefix: 'b/', Delimiter: '/' }),
    expected: [['b/1', 'b/2', 'b/c/']],
  },
  {
    name: 'a delimiter of several characters',
    run: c => filled(c, ['a::b', 'a::c', 'd'], pages, { Delimiter: '::' }),
    expected: [['a::', 'd']],
  },
  {
    name: 'pages of two',
    run: c => filled(c, TREE, pages, { MaxKeys: 2 }),
    differs: { minio: 'has an empty page behind a full last one' },
    expected: [
      ['a', 'b/1'],
      ['b/2', 'b/c/3'],
      ['d/4', 'e'],
      ['z', 'é'],
    ],
  },
  {
    name: 'pages of two with a delimiter',
    run: c => filled(c, TREE, pages, { MaxKeys: 2, Delimiter: '/' }),
    expected: [
      ['a', 'b/'],
      ['d/', 'e'],
      ['z', 'é'],
    ],
  },
  {
    name: 'version 1, pages of two with a delimiter',
    run: c => filled(c, TREE, pages1, { MaxKeys: 2, Delimiter: '/' }),
    expected: [
      ['a', 'b/'],
      ['d/', 'e'],
      ['z', 'é'],
    ],
  },
  {
    name: 'version 1, pages of three',
    run: c => filled(c, TREE, pages1, { MaxKeys: 3 }),
    expected: [
      ['a', 'b/1', 'b/2'],
      ['b/c/3', 'd/4', 'e'],
      ['z', 'é'],
    ],
  },
  { name: 'start-after', run: c => filled(c, TREE, pages, { StartAfter: 'b/2' }), expected: [['b/c/3', 'd/4', 'e', 'z', 'é']] },
  {
    name: 'max-keys 0',
    run: async c => {
      await fill(c)
      const page = await c.s3.send(new ListObjectsV2Command({ Bucket: c.bucket, MaxKeys: 0 }))
      return [page.KeyCount, page.IsTruncated]
    },
    expected: [0, false],
  },
  {
    name: 'a negative max-keys',
    run: async c => brief(await c.raw({ target: `/${c.bucket}?list-type=2&max-keys=-1` })),
    expected: '400 InvalidArgument',
  },
  {
    name: 'encoding-type=url',
    run: async c => {
      await fill(c, ['a b/c&d'])
      const answer = await c.raw({ target: `/${c.bucket}?delimiter=%26&encoding-type=url&list-type=2` })
      return /<CommonPrefixes><Prefix>(.*?)<\/Prefix>/.exec(answer.body.toString())?.[1]
    },
    expected: 'a%20b/c%26',
    differs: { minio: 'encodes a space as +, and knows only / as delimiter', versitygw: 'walks directories' },
  },
  {
    name: 'encoding-type=url, keys',
    run: async c => {
      await fill(c, ['ü&é'])
      const answer = await c.raw({ target: `/${c.bucket}?encoding-type=url&list-type=2` })
      return /<Key>(.*?)<\/Key>/.exec(answer.body.toString())?.[1]
    },
    differs: { versitygw: 'does not know encoding types' },
    expected: '%C3%BC%26%C3%A9',
  },
  {
    name: 'an unknown encoding type',
    run: async c => brief(await c.raw({ target: `/${c.bucket}?encoding-type=base64&list-type=2` })),
    differs: { versitygw: 'does not know encoding types' },
    expected: '400 InvalidArgument',
  },
  {
    name: 'a broken continuation token',
    run: async c => brief(await c.raw({ target: `/${c.bucket}?continuation-token=%21%21&list-type=2` })),
    expected: '400 InvalidArgument',
    differs: { versitygw: 'takes the key itself as token' },
  },
  {
    name: 'listing a missing bucket',
    run: c => outcome(c.s3.send(new ListObjectsV2Command({ Bucket: 'no-such-bucket-at-all' }))),
    expected: '404 NoSuchBucket',
  },
  {
    name: 'sizes and ETags in the listing',
    run: async c => {
      await put(c, 'a', 'hello')
      const { Contents } = await c.s3.send(new ListObjectsV2Command({ Bucket: c.bucket }))
      return Contents?.map(({ Key, Size, ETag, StorageClass }) => ({ Key, Size, ETag, StorageClass }))
    },
    expected: [{ Key: 'a', Size: 5, ETag: '"5d41402abc4b2a76b9719d911017c592"', StorageClass: 'STANDARD' }],
  },
]
