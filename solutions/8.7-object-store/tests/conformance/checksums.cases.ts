import {
  type ChecksumAlgorithm,
  type ChecksumType,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { brief, type Case, get, head, outcome, put } from './case.ts'

const BIG = Buffer.alloc(5 * 1024 * 1024, 'big')
const sum = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([name, text]) => name.startsWith('Checksum') && text !== undefined))

/** base64 values for 'hello': computed by the AWS SDK when it sends them, and here for the answer. */
const OF_HELLO: Record<string, string> = {
  CRC32: 'NhCmhg==',
  CRC32C: 'mnG7TA==',
  CRC64NVME: 'M3eFcAZSQlc=',
  SHA1: 'qvTGHdzF6KLavt4PO0gs2a6pQ00=',
  SHA256: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
}

/** Checksums of objects and parts. */
export const checksumCases: Case[] = [
  ...Object.entries(OF_HELLO).map(
    ([algorithm, value]): Case => ({
      name: `${algorithm} is verified, stored and returned`,
      run: async c => {
        const answer = await put(c, 'a', 'hello', { [`Checksum${algorithm}`]: value })
        const stored = await head(c, 'a', { ChecksumMode: 'ENABLED' })
        const name = `x-amz-checksum-${algorithm.toLowerCase()}`
        const wrong = await c.raw({ method: 'PUT', target: `/${c.bucket}/b`, body: 'hellO', headers: { [name]: value } })
        return [sum(answer)[`Checksum${algorithm}`], sum(stored)[`Checksum${algorithm}`], brief(wrong), await outcome(get(c, 'b'))]
      },
      expected: [value, value, '400 BadDigest', '404 NoSuchKey'],
      differs: { minio: 'calls a wrong checksum XAmzContentChecksumMismatch' },
    }),
  ),
  {
    name: 'a malformed checksum',
    run: async c =>
      brief(await c.raw({ method: 'PUT', target: `/${c.bucket}/a`, body: 'x', headers: { 'x-amz-checksum-crc32': 'nonsense' } })),
    expected: '400 InvalidRequest',
    differs: { minio: 'says InvalidArgument' },
  },
  {
    name: 'two checksums',
    run: async c =>
      brief(
        await c.raw({
          method: 'PUT',
          target: `/${c.bucket}/a`,
          body: 'hello',
          headers: { 'x-amz-checksum-crc32': OF_HELLO['CRC32']!, 'x-amz-checksum-sha1': OF_HELLO['SHA1']! },
        }),
      ),
    expected: '400 InvalidRequest',
    differs: { minio: 'says InvalidArgument' },
  },
  {
    name: 'an unsigned trailer with a wrong checksum',
    run: async c => {
      const body = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'
      const answer = await c.raw({
        method: 'PUT',
        target: `/${c.bucket}/a`,
        body,
        payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        headers: { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '5', 'x-amz-trailer': 'x-amz-checksum-crc32' },
      })
      return [brief(answer), await outcome(get(c, 'a'))]
    },
    expected: ['400 BadDigest', '404 NoSuchKey'],
    differs: { minio: 'calls it XAmzContentChecksumMismatch' },
  },
  {
    name: 'an unsigned trailer with the right checksum',
    run: async c => {
      const body = `5\r\nhello\r\n0\r\nx-amz-checksum-crc64nvme:${OF_HELLO['CRC64NVME']}\r\n\r\n`
      const answer = await c.raw({
        method: 'PUT',
        target: `/${c.bucket}/a`,
        body,
        payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        headers: { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '5', 'x-amz-trailer': 'x-amz-checksum-crc64nvme' },
      })
      const { ContentEncoding } = await head(c, 'a')
      return [brief(answer), await get(c, 'a'), ContentEncoding ?? null]
    },
    differs: { versitygw: 'stores aws-chunked as the encoding' },
    expected: ['200', 'hello', null],
  },
  ...(
    [
      ['CRC32', 'COMPOSITE', 'hh13sg==-2'],
      ['CRC32', 'FULL_OBJECT', undefined],
      ['CRC32C', 'FULL_OBJECT', undefined],
      ['CRC64NVME', 'FULL_OBJECT', undefined],
      ['SHA256', 'COMPOSITE', undefined],
    ] as [ChecksumAlgorithm, ChecksumType, string | undefined][]
  ).map(
    ([algorithm, type]): Case => ({
      name: `multipart ${algorithm} ${type}: the same as the object's in one piece, or a composite`,
      run: async c => {
        const field = `Checksum${algorithm}` as const
        const { UploadId } = await c.s3.send(
          new CreateMultipartUploadCommand({ Bucket: c.bucket, Key: 'a', ChecksumAlgorithm: algorithm, ChecksumType: type }),
        )
        const parts = []
        for (const [index, Body] of [BIG, Buffer.from('end')].entries()) {
          const answer = await c.s3.send(
            new UploadPartCommand({ Bucket: c.bucket, Key: 'a', UploadId, PartNumber: index + 1, Body, ChecksumAlgorithm: algorithm }),
          )
          parts.push({ PartNumber: index + 1, ETag: answer.ETag, [field]: (answer as unknown as Record<string, string>)[field] })
        }
        await c.s3.send(
          new CompleteMultipartUploadCommand({
            Bucket: c.bucket,
            Key: 'a',
            UploadId,
            MultipartUpload: { Parts: parts },
            ChecksumType: type,
          }),
        )
        const whole = sum(await head(c, 'a', { ChecksumMode: 'ENABLED' }))
        await put(c, 'b', Buffer.concat([BIG, Buffer.from('end')]), { ChecksumAlgorithm: algorithm })
        const once = sum(await head(c, 'b', { ChecksumMode: 'ENABLED' }))
        return [whole['ChecksumType'], type === 'FULL_OBJECT' ? whole[field] === once[field] : String(whole[field]).endsWith('-2')]
      },
      expected: [type, true],
    }),
  ),
  {
    name: 'SHA-256 of a multipart object cannot be full-object',
    run: c =>
      outcome(
        c.s3.send(
          new CreateMultipartUploadCommand({ Bucket: c.bucket, Key: 'a', ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }),
        ),
      ),
    expected: '400 InvalidRequest',
    differs: { minio: 'says InvalidArgument' },
  },
  {
    name: 'a copy computes the checksum it is asked for',
    run: async c => {
      await put(c, 'a', 'hello')
      await c.s3.send(new CopyObjectCommand({ Bucket: c.bucket, Key: 'b', CopySource: `${c.bucket}/a`, ChecksumAlgorithm: 'SHA256' }))
      return sum(await head(c, 'b', { ChecksumMode: 'ENABLED' }))['ChecksumSHA256']
    },
    expected: OF_HELLO['SHA256'],
  },
]
