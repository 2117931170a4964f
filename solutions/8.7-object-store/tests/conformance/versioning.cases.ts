import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import { type Case, type Context, get, head, outcome, put, versioning } from './case.ts'

const remove = (c: Context, Key: string, VersionId?: string) => c.s3.send(new DeleteObjectCommand({ Bucket: c.bucket, Key, VersionId }))

async function versions(c: Context, more: object = {}) {
  const answer = await c.s3.send(new ListObjectVersionsCommand({ Bucket: c.bucket, ...more }))
  const marked = (answer.DeleteMarkers ?? []).map(({ Key, IsLatest, VersionId }) => ({ Key, IsLatest, VersionId, marker: true }))
  return [...(answer.Versions ?? []).map(({ Key, IsLatest, VersionId }) => ({ Key, IsLatest, VersionId, marker: false })), ...marked]
}

/** Versions and tags. */
export const versioningCases: Case[] = [
  {
    name: 'versioning is off, enabled, suspended',
    run: async c => {
      const status = async () => (await c.s3.send(new GetBucketVersioningCommand({ Bucket: c.bucket }))).Status ?? null
      const off = await status()
      await versioning(c, 'Enabled')
      const enabled = await status()
      await versioning(c, 'Suspended')
      return [off, enabled, await status()]
    },
    expected: [null, 'Enabled', 'Suspended'],
  },
  {
    name: 'every put makes a version, each can be read',
    run: async c => {
      await versioning(c, 'Enabled')
      const [one, two] = [await put(c, 'a', '1'), await put(c, 'a', '2')]
      return [
        one.VersionId !== two.VersionId,
        await get(c, 'a'),
        await get(c, 'a', { VersionId: one.VersionId }),
        (await versions(c)).map(({ IsLatest, marker }) => [IsLatest, marker]),
      ]
    },
    expected: [
      true,
      '2',
      '1',
      [
        [true, false],
        [false, false],
      ],
    ],
  },
  {
    name: 'a delete marker hides the object, and going it brings it back',
    run: async c => {
      await versioning(c, 'Enabled')
      await put(c, 'a', '1')
      const deleted = await remove(c, 'a')
      const hidden = [await outcome(get(c, 'a')), (await c.s3.send(new ListObjectsV2Command({ Bucket: c.bucket }))).KeyCount]
      const gone = await remove(c, 'a', deleted.VersionId)
      return [deleted.DeleteMarker, hidden, gone.DeleteMarker, await get(c, 'a')]
    },
    expected: [true, ['404 NoSuchKey', 0], true, '1'],
  },
  {
    name: 'reading a delete marker by its id',
    run: async c => {
      await versioning(c, 'Enabled')
      await put(c, 'a', '1')
      const { VersionId } = await remove(c, 'a')
      return outcome(get(c, 'a', { VersionId }))
    },
    expected: '405 MethodNotAllowed',
  },
  {
    name: 'deleting the newest version brings back the one before',
    run: async c => {
      await versioning(c, 'Enabled')
      await put(c, 'a', '1')
      const { VersionId } = await put(c, 'a', '2')
      await remove(c, 'a', VersionId)
      return get(c, 'a')
    },
    expected: '1',
  },
  {
    name: 'what was there before versioning is the null version',
    run: async c => {
      await put(c, 'a', '0')
      await versioning(c, 'Enabled')
      await put(c, 'a', '1')
      return [
        await get(c, 'a', { VersionId: 'null' }),
        (await versions(c)).map(({ VersionId, IsLatest }) => [VersionId === 'null', IsLatest]),
      ]
    },
    expected: [
      '0',
      [
        [false, true],
        [true, false],
      ],
    ],
  },
  {
    name: 'while suspended, puts and deletes replace the null version',
    run: async c => {
      await versioning(c, 'Enabled')
      await put(c, 'a', '1')
      await versioning(c, 'Suspended')
      await put(c, 'a', '2')
      await put(c, 'a', '3')
      const before = (await versions(c)).length
      const deleted = await remove(c, 'a')
      return [
        before,
        deleted.DeleteMarker,
        deleted.VersionId,
        (await versions(c)).map(({ VersionId, marker }) => [VersionId === 'null', marker]),
      ]
    },
    differs: { minio: 'does not say that it made a delete marker' },
    expected: [
      2,
      true,
      'null',
      [
        [false, false],
        [true, true],
      ],
    ],
  },
  {
    name: 'an unknown version',
    run: async c => {
      await versioning(c, 'Enabled')
      await put(c, 'a')
      return outcome(get(c, 'a', { VersionId: '3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY' }))
    },
    expected: '404 NoSuchVersion',
    differs: { minio: 'wants a UUID', versitygw: 'wants a ULID' },
  },
  {
    name: 'list versions in pages of two',
    run: async c => {
      await versioning(c, 'Enabled')
      for (const key of ['a', 'a', 'b', 'b', 'b']) await put(c, key)
      const keys: unknown[] = []
      for (let more: object = {}; ; ) {
        const page = await c.s3.send(new ListObjectVersionsCommand({ Bucket: c.bucket, MaxKeys: 2, ...more }))
        keys.push(page.Versions?.map(version => version.Key))
        if (!page.IsTruncated) return keys
        more = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      }
    },
    expected: [['a', 'a'], ['b', 'b'], ['b']],
  },
  {
    name: 'batch delete makes markers and removes versions',
    run: async c => {
      await versioning(c, 'Enabled')
      const { VersionId } = await put(c, 'a')
      await put(c, 'b')
      const { Deleted } = await c.s3.send(
        new DeleteObjectsCommand({ Bucket: c.bucket, Delete: { Objects: [{ Key: 'a', VersionId }, { Key: 'b' }] } }),
      )
      return Deleted?.sort((x, y) => (x.Key! < y.Key! ? -1 : 1)).map(({ Key, DeleteMarker, DeleteMarkerVersionId }) => [
        Key,
        DeleteMarker ?? false,
        DeleteMarkerVersionId !== undefined,
      ])
    },
    expected: [
      ['a', false, false],
      ['b', true, true],
    ],
  },
  {
    name: 'copy of an old version',
    run: async c => {
      await versioning(c, 'Enabled')
      const { VersionId } = await put(c, 'a', '1')
      await put(c, 'a', '2')
      const copied = await c.s3.send(
        new CopyObjectCommand({ Bucket: c.bucket, Key: 'b', CopySource: `${c.bucket}/a?versionId=${VersionId}` }),
      )
      return [await get(c, 'b'), copied.CopySourceVersionId === VersionId]
    },
    expected: ['1', true],
  },
  {
    name: 'tags: put with the object, read, replace, delete',
    run: async c => {
      const tags = async () =>
        (await c.s3.send(new GetObjectTaggingCommand({ Bucket: c.bucket, Key: 'a' }))).TagSet?.map(
          ({ Key, Value }) => `${Key}=${Value}`,
        ).sort()
      await put(c, 'a', 'x', { Tagging: 'one=1&two=zwei%20drei' })
      const first = [await tags(), (await c.raw({ target: `/${c.bucket}/a` })).headers['x-amz-tagging-count']]
      await c.s3.send(new PutObjectTaggingCommand({ Bucket: c.bucket, Key: 'a', Tagging: { TagSet: [{ Key: 'three', Value: '3' }] } }))
      const second = await tags()
      await c.s3.send(new DeleteObjectTaggingCommand({ Bucket: c.bucket, Key: 'a' }))
      return [first, second, await tags(), await get(c, 'a')]
    },
    expected: [[['one=1', 'two=zwei drei'], '2'], ['three=3'], [], 'x'],
  },
  {
    name: 'eleven tags, and the same tag twice',
    run: async c => {
      await put(c, 'a')
      const set = (TagSet: { Key: string; Value: string }[]) =>
        outcome(c.s3.send(new PutObjectTaggingCommand({ Bucket: c.bucket, Key: 'a', Tagging: { TagSet } })))
      const eleven = Array.from({ length: 11 }, (_, i) => ({ Key: `k${i}`, Value: '' }))
      return [
        await set(eleven),
        await set([
          { Key: 'k', Value: '1' },
          { Key: 'k', Value: '2' },
        ]),
      ]
    },
    expected: ['400 BadRequest', '400 InvalidTag'],
  },
  {
    name: 'tags of a missing key',
    run: c => outcome(c.s3.send(new GetObjectTaggingCommand({ Bucket: c.bucket, Key: 'nope' }))),
    expected: '404 NoSuchKey',
  },
  {
    name: 'head says which version it is about',
    run: async c => {
      await versioning(c, 'Enabled')
      const { VersionId } = await put(c, 'a')
      return (await head(c, 'a')).VersionId === VersionId
    },
    expected: true,
  },
]
