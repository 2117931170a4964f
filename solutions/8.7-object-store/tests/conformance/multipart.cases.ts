import { createHash } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { brief, type Case, type Context, get, head, outcome, put } from './case.ts'

const MiB = 1024 * 1024
const BIG = Buffer.alloc(5 * MiB, 'big')
const SMALL = Buffer.from('small')
const md5 = (...data: Buffer[]) => createHash('md5').update(Buffer.concat(data)).digest()
const ETAG_OF_BOTH = `"${md5(md5(BIG), md5(SMALL)).toString('hex')}-2"`

async function start(c: Context, Key = 'a', more: object = {}): Promise<string> {
  return (await c.s3.send(new CreateMultipartUploadCommand({ Bucket: c.bucket, Key, ...more }))).UploadId!
}

async function part(c: Context, UploadId: string, PartNumber: number, Body: Buffer, Key = 'a'): Promise<CompletedPart> {
  const answer = await c.s3.send(new UploadPartCommand({ Bucket: c.bucket, Key, UploadId, PartNumber, Body }))
  return { PartNumber, ETag: answer.ETag, ChecksumCRC32: answer.ChecksumCRC32 }
}

function complete(c: Context, UploadId: string, Parts: CompletedPart[], more: object = {}, Key = 'a') {
  return c.s3.send(new CompleteMultipartUploadCommand({ Bucket: c.bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }))
}

/** Multipart uploads. */
export const multipartCases: Case[] = [
  {
    name: 'two parts become one object',
    run: async c => {
      const id = await start(c, 'a', { Metadata: { m: '1' }, ContentType: 'text/plain' })
      const parts = [await part(c, id, 1, BIG), await part(c, id, 2, SMALL)]
      const { ETag } = await complete(c, id, parts)
      const { ContentLength, Metadata, ContentType } = await head(c, 'a')
      return [ETag, ContentLength, Metadata, ContentType, Buffer.from(await get(c, 'a')).equals(Buffer.concat([BIG, SMALL]))]
    },
    differs: { versitygw: 'refuses the CRC32 that the SDK sends with each part' },
    expected: [ETAG_OF_BOTH, BIG.length + 5, { m: '1' }, 'text/plain', true],
  },
  {
    name: 'part numbers may have gaps, and parts may be replaced',
    run: async c => {
      const id = await start(c)
      await part(c, id, 7, Buffer.from('old'))
      const last = await part(c, id, 7, SMALL)
      const first = await part(c, id, 3, BIG)
      return (await complete(c, id, [first, last])).ETag
    },
    differs: { versitygw: 'refuses the CRC32 that the SDK sends with each part' },
    expected: ETAG_OF_BOTH,
  },
  {
    name: 'nothing is visible before completion',
    run: async c => {
      const id = await start(c)
      await part(c, id, 1, SMALL)
      return outcome(head(c, 'a'))
    },
    expected: '404 NotFound',
  },
  {
    name: 'a part too small',
    run: async c => {
      const id = await start(c)
      return outcome(complete(c, id, [await part(c, id, 1, SMALL), await part(c, id, 2, SMALL)]))
    },
    expected: '400 EntityTooSmall',
  },
  {
    name: 'parts in the wrong order',
    run: async c => {
      const id = await start(c)
      const parts = [await part(c, id, 1, SMALL), await part(c, id, 2, SMALL)]
      return outcome(complete(c, id, parts.reverse()))
    },
    differs: { versitygw: 'looks at the sizes first' },
    expected: '400 InvalidPartOrder',
  },
  {
    name: 'a part that was not uploaded',
    run: async c => {
      const id = await start(c)
      const one = await part(c, id, 1, SMALL)
      return outcome(complete(c, id, [{ ...one, PartNumber: 2 }]))
    },
    expected: '400 InvalidPart',
  },
  {
    name: 'a part with another ETag',
    run: async c => {
      const id = await start(c)
      return outcome(complete(c, id, [{ ...(await part(c, id, 1, SMALL)), ETag: '"5d41402abc4b2a76b9719d911017c592"' }]))
    },
    expected: '400 InvalidPart',
  },
  {
    name: 'an empty list of parts',
    run: async c => {
      const id = await start(c)
      return brief(
        await c.raw({
          method: 'POST',
          target: `/${c.bucket}/a?uploadId=${encodeURIComponent(id)}`,
          body: '<CompleteMultipartUpload></CompleteMultipartUpload>',
        }),
      )
    },
    differs: { minio: 'says InvalidRequest' },
    expected: '400 MalformedXML',
  },
  {
    name: 'part number 0 and 10,001',
    run: async c => {
      const id = await start(c)
      return [await outcome(part(c, id, 0, SMALL)), await outcome(part(c, id, 10_001, SMALL))]
    },
    differs: { minio: 'says InvalidPart of part 0' },
    expected: ['400 InvalidArgument', '400 InvalidArgument'],
  },
  { name: 'an unknown upload', run: c => outcome(part(c, 'bm9uc2Vuc2U', 1, SMALL)), expected: '404 NoSuchUpload' },
  {
    name: 'abort',
    run: async c => {
      const id = await start(c)
      await part(c, id, 1, SMALL)
      await c.s3.send(new AbortMultipartUploadCommand({ Bucket: c.bucket, Key: 'a', UploadId: id }))
      return [
        await outcome(part(c, id, 2, SMALL)),
        await outcome(c.s3.send(new ListPartsCommand({ Bucket: c.bucket, Key: 'a', UploadId: id }))),
      ]
    },
    expected: ['404 NoSuchUpload', '404 NoSuchUpload'],
  },
  {
    name: 'list parts, in pages',
    run: async c => {
      const id = await start(c)
      for (const number of [5, 1, 3]) await part(c, id, number, SMALL)
      const list = (more: object) => c.s3.send(new ListPartsCommand({ Bucket: c.bucket, Key: 'a', UploadId: id, ...more }))
      const first = await list({ MaxParts: 2 })
      const second = await list({ MaxParts: 2, PartNumberMarker: first.NextPartNumberMarker })
      return [
        first.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
        first.IsTruncated,
        second.Parts?.map(({ PartNumber }) => PartNumber),
        second.IsTruncated,
      ]
    },
    expected: [
      [
        [1, 5],
        [3, 5],
      ],
      true,
      [5],
      false,
    ],
  },
  {
    name: 'list uploads',
    run: async c => {
      await start(c, 'b')
      await start(c, 'a')
      const { Uploads, IsTruncated } = await c.s3.send(new ListMultipartUploadsCommand({ Bucket: c.bucket }))
      return [Uploads?.map(upload => upload.Key), IsTruncated]
    },
    expected: [['a', 'b'], false],
    differs: { minio: 'lists uploads of one exact key only' },
  },
  {
    name: 'copy of parts, whole and in ranges',
    run: async c => {
      await put(c, 'source', Buffer.concat([BIG, SMALL]))
      const id = await start(c)
      const copy = async (PartNumber: number, CopySourceRange?: string) => {
        const answer = await c.s3.send(
          new UploadPartCopyCommand({
            Bucket: c.bucket,
            Key: 'a',
            UploadId: id,
            PartNumber,
            CopySource: `${c.bucket}/source`,
            CopySourceRange,
          }),
        )
        return { PartNumber, ETag: answer.CopyPartResult?.ETag, ChecksumCRC32: answer.CopyPartResult?.ChecksumCRC32 }
      }
      const parts = [await copy(1, `bytes=0-${BIG.length - 1}`), await copy(2, `bytes=${BIG.length}-${BIG.length + 4}`)]
      return (await complete(c, id, parts)).ETag
    },
    expected: ETAG_OF_BOTH,
  },
  {
    name: 'a copy range outside the source',
    run: async c => {
      await put(c, 'source', SMALL)
      const id = await start(c)
      return outcome(
        c.s3.send(
          new UploadPartCopyCommand({
            Bucket: c.bucket,
            Key: 'a',
            UploadId: id,
            PartNumber: 1,
            CopySource: `${c.bucket}/source`,
            CopySourceRange: 'bytes=0-99',
          }),
        ),
      )
    },
    expected: '400 InvalidArgument',
  },
  {
    name: 'one part of the object by its number',
    run: async c => {
      const id = await start(c)
      await complete(c, id, [await part(c, id, 1, BIG), await part(c, id, 2, SMALL)])
      const answer = await c.s3.send(new GetObjectCommand({ Bucket: c.bucket, Key: 'a', PartNumber: 2 }))
      return [await answer.Body!.transformToString(), answer.PartsCount, answer.ContentRange, answer.$metadata.httpStatusCode]
    },
    differs: { versitygw: 'refuses the CRC32 that the SDK sends with each part' },
    expected: ['small', 2, `bytes ${BIG.length}-${BIG.length + 4}/${BIG.length + 5}`, 206],
  },
  {
    name: 'complete If-None-Match: *',
    run: async c => {
      await put(c, 'a')
      const id = await start(c)
      return outcome(complete(c, id, [await part(c, id, 1, SMALL)], { IfNoneMatch: '*' }))
    },
    expected: '412 PreconditionFailed',
  },
  {
    name: 'completing twice gives the same answer',
    run: async c => {
      const id = await start(c)
      const parts = [await part(c, id, 1, SMALL)]
      return [await outcome(complete(c, id, parts)), await outcome(complete(c, id, parts))]
    },
    expected: ['ok', 'ok'],
    differs: { minio: 'has forgotten the upload', versitygw: 'has forgotten the upload' },
  },
  {
    name: 'attributes of a multipart object',
    run: async c => {
      const id = await start(c)
      await complete(c, id, [await part(c, id, 1, BIG), await part(c, id, 2, SMALL)])
      const { ObjectSize, ObjectParts, ETag } = await c.s3.send(
        new GetObjectAttributesCommand({ Bucket: c.bucket, Key: 'a', ObjectAttributes: ['ETag', 'ObjectParts', 'ObjectSize'] }),
      )
      return [ObjectSize, ObjectParts?.TotalPartsCount, ETag]
    },
    differs: { minio: 'wants one header for each attribute', versitygw: 'refuses the CRC32 that the SDK sends with each part' },
    expected: [BIG.length + 5, 2, ETAG_OF_BOTH.replaceAll('"', '')],
  },
]
