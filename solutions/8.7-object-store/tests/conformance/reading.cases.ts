import { GetObjectCommand } from '@aws-sdk/client-s3'
import { type Case, type Context, get, head, outcome, put } from './case.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'

async function range(c: Context, Range: string): Promise<unknown> {
  const read = async () => {
    const answer = await c.s3.send(new GetObjectCommand({ Bucket: c.bucket, Key: 'a', Range }))
    return [await answer.Body!.transformToString(), answer.ContentRange ?? null, answer.$metadata.httpStatusCode]
  }
  return outcome(read(), result => result)
}

const HOUR = 3_600_000

/** Ranges and conditional requests. */
export const readingCases: Case[] = [
  ...(
    [
      ['bytes=0-4', ['abcde', 'bytes 0-4/26', 206]],
      ['bytes=20-', ['uvwxyz', 'bytes 20-25/26', 206]],
      ['bytes=-3', ['xyz', 'bytes 23-25/26', 206]],
      ['bytes=-100', [ALPHABET, 'bytes 0-25/26', 206]],
      ['bytes=25-100', ['z', 'bytes 25-25/26', 206]],
      ['bytes=26-', '416 InvalidRange'],
      ['bytes=-0', '416 InvalidRange'],
      ['bytes=5-2', [ALPHABET, null, 200]],
      ['lines=1-2', [ALPHABET, null, 200]],
    ] as const
  ).map(
    ([header, expected]): Case => ({
      name: `Range: ${header}`,
      run: async c => {
        await put(c, 'a', ALPHABET)
        return range(c, header)
      },
      expected,
      ...(header === 'bytes=5-2' ? { differs: { minio: 'answers 416, where RFC 9110 wants the header ignored' } } : {}),
    }),
  ),
  {
    name: 'a range of an empty object',
    run: async c => {
      await put(c, 'a', '')
      return range(c, 'bytes=0-0')
    },
    expected: '416 InvalidRange',
  },
  {
    name: 'a large object, ranges over chunk borders',
    run: async c => {
      const body = Buffer.alloc(3 * 1024 * 1024 + 17, ALPHABET)
      await put(c, 'a', body)
      const cuts = [
        [0, 0],
        [65_535, 65_536],
        [1_048_575, 1_048_577],
        [1_000_000, 2_500_000],
        [3_145_700, 3_145_744],
      ] as const
      return Promise.all(
        cuts.map(async ([from, to]) =>
          Buffer.from(await get(c, 'a', { Range: `bytes=${from}-${to}` })).equals(body.subarray(from, to + 1)),
        ),
      )
    },
    expected: [true, true, true, true, true],
  },
  {
    name: 'If-Match',
    run: async c => {
      const { ETag } = await put(c, 'a')
      return [
        await outcome(get(c, 'a', { IfMatch: ETag })),
        await outcome(get(c, 'a', { IfMatch: '"wrong"' })),
        await outcome(get(c, 'a', { IfMatch: '*' })),
      ]
    },
    expected: ['ok', '412 PreconditionFailed', 'ok'],
  },
  {
    name: 'If-None-Match',
    run: async c => {
      const { ETag } = await put(c, 'a')
      const code = (error: unknown) => (error as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode
      return [await get(c, 'a', { IfNoneMatch: ETag }).catch(code), await outcome(get(c, 'a', { IfNoneMatch: '"wrong"' }))]
    },
    expected: [304, 'ok'],
  },
  {
    name: 'If-Modified-Since and If-Unmodified-Since',
    run: async c => {
      await put(c, 'a')
      const [before, after] = [new Date(Date.now() - HOUR), new Date(Date.now() + HOUR)]
      const code = (error: unknown) => (error as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode
      const head_ = (more: object) => head(c, 'a', more).then(answer => answer.$metadata.httpStatusCode, code)
      return [
        await head_({ IfModifiedSince: before }),
        await head_({ IfUnmodifiedSince: before }),
        await head_({ IfUnmodifiedSince: after }),
      ]
    },
    expected: [200, 412, 200],
  },
  {
    name: 'If-Match outranks If-Unmodified-Since, If-None-Match outranks If-Modified-Since',
    run: async c => {
      const { ETag } = await put(c, 'a')
      const before = new Date(Date.now() - HOUR)
      const code = (error: unknown) => (error as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode
      const head_ = (more: object) => head(c, 'a', more).then(answer => answer.$metadata.httpStatusCode, code)
      return [await head_({ IfMatch: ETag, IfUnmodifiedSince: before }), await head_({ IfNoneMatch: ETag, IfModifiedSince: before })]
    },
    expected: [200, 304],
  },
  {
    name: 'put If-None-Match: * writes once',
    run: async c => {
      const create = () => outcome(put(c, 'a', 'x', { IfNoneMatch: '*' }))
      return [await create(), await create()]
    },
    expected: ['ok', '412 PreconditionFailed'],
  },
  {
    name: 'of 16 simultaneous put If-None-Match: * one wins',
    run: async c => {
      const results = await Promise.all(Array.from({ length: 16 }, (_, i) => outcome(put(c, 'a', String(i), { IfNoneMatch: '*' }))))
      return results.filter(result => result === 'ok').length
    },
    expected: 1,
  },
  {
    name: 'put If-Match is compare and swap',
    run: async c => {
      const { ETag } = await put(c, 'a', '1')
      const swap = (etag: string | undefined) => outcome(put(c, 'a', '2', { IfMatch: etag }))
      return [await swap(ETag), await swap(ETag), await get(c, 'a')]
    },
    expected: ['ok', '412 PreconditionFailed', '2'],
  },
  {
    name: 'put If-Match on nothing',
    run: c => outcome(put(c, 'a', '2', { IfMatch: '"5d41402abc4b2a76b9719d911017c592"' })),
    expected: '404 NoSuchKey',
  },
]
