import { describe, expect, test } from 'vitest'
import { ChunkSignatures } from '../../src/auth/chunk-signatures.ts'
import { authenticate, type UnverifiedRequest } from '../../src/auth/sigv4.ts'
import { Users } from '../../src/auth/users.ts'
import { AwsChunkedDecoder } from '../../src/http/aws-chunked.ts'
import { parseQuery } from '../../src/http/uri.ts'

/** The examples of the Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)", with their published signatures. */
const USERS = new Users([
  { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', bucketPrefix: '', root: false },
])
const NOW = Date.UTC(2013, 4, 24)
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const CREDENTIAL = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'

function request(method: string, target: string, headers: Record<string, string>, signed: string, signature: string): UnverifiedRequest {
  const [path, query = ''] = target.split('?') as [string, string?]
  const authorization = `AWS4-HMAC-SHA256 Credential=${CREDENTIAL},SignedHeaders=${signed},Signature=${signature}`
  return {
    method,
    path: decodeURIComponent(path),
    query: parseQuery(query),
    headers: new Map(
      Object.entries({ host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z', authorization, ...headers }),
    ),
  }
}

const EXAMPLES: Record<string, UnverifiedRequest> = {
  'GET object': request(
    'GET',
    '/test.txt',
    { range: 'bytes=0-9', 'x-amz-content-sha256': EMPTY },
    'host;range;x-amz-content-sha256;x-amz-date',
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ),
  'PUT object': request(
    'PUT',
    '/test$file.text',
    {
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    },
    'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ),
  'GET bucket lifecycle': request(
    'GET',
    '/?lifecycle',
    { 'x-amz-content-sha256': EMPTY },
    'host;x-amz-content-sha256;x-amz-date',
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ),
  'list objects': request(
    'GET',
    '/?max-keys=2&prefix=J',
    { 'x-amz-content-sha256': EMPTY },
    'host;x-amz-content-sha256;x-amz-date',
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ),
}

const PRESIGNED: UnverifiedRequest = {
  method: 'GET',
  path: '/test.txt',
  query: parseQuery(
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(CREDENTIAL)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
  ),
  headers: new Map([['host', 'examplebucket.s3.amazonaws.com']]),
}

const code = (run: () => unknown): string => {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('the published examples', () => {
  for (const [name, example] of Object.entries(EXAMPLES)) {
    test(name, () => {
      expect(authenticate(example, USERS, 'us-east-1', NOW).user.accessKey).toBe('AKIAIOSFODNN7EXAMPLE')
      expect(code(() => authenticate({ ...example, method: 'DELETE' }, USERS, 'us-east-1', NOW))).toBe('SignatureDoesNotMatch')
      expect(code(() => authenticate({ ...example, path: '/other' }, USERS, 'us-east-1', NOW))).toBe('SignatureDoesNotMatch')
      expect(code(() => authenticate(example, USERS, 'us-east-1', NOW + 15 * 60_000 + 1))).toBe('RequestTimeTooSkewed')
      expect(code(() => authenticate(example, USERS, 'eu-west-1', NOW))).toBe('AuthorizationHeaderMalformed')
    })
  }

  test('presigned URL', () => {
    expect(authenticate(PRESIGNED, USERS, 'us-east-1', NOW + 86_400_000).presigned).toBe(true)
    expect(code(() => authenticate(PRESIGNED, USERS, 'us-east-1', NOW + 86_400_001))).toBe('AccessDenied')
    expect(code(() => authenticate({ ...PRESIGNED, headers: new Map([['host', 'elsewhere']]) }, USERS, 'us-east-1', NOW))).toBe(
      'SignatureDoesNotMatch',
    )
  })
})

describe('chunked upload', () => {
  const headers = {
    host: 's3.amazonaws.com',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '66560',
    'content-length': '66824',
  }
  const signed = 'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class'
  const seed = request(
    'PUT',
    '/examplebucket/chunkObject.txt',
    headers,
    signed,
    '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  )
  const chunks = [
    [65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
    [1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
    [0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
  ] as const
  const body = Buffer.from(
    chunks.map(([size, signature]) => `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}\r\n`).join(''),
  )
  const decode = (input: Buffer, step: number) => {
    const decoder = new AwsChunkedDecoder(new ChunkSignatures(authenticate(seed, USERS, 'us-east-1', NOW)), false)
    const output: Buffer[] = []
    for (let at = 0; at < input.length; at += step) output.push(...decoder.push(input.subarray(at, at + step)))
    decoder.end()
    return Buffer.concat(output)
  }

  test.each([1, 7, 4096, 100_000])('arrives in pieces of %i bytes', step => {
    expect(decode(body, step).equals(Buffer.alloc(66_560, 'a'))).toBe(true)
  })

  test('a changed byte anywhere in it is refused', () => {
    for (let at = 0; at < body.length; at += at < 300 ? 1 : 997) {
      const changed = Buffer.from(body)
      changed[at]! ^= 1
      expect(
        code(() => decode(changed, 65_536)),
        `byte ${at}`,
      ).toMatch(/SignatureDoesNotMatch|IncompleteBody/)
    }
  })

  test('a body cut off anywhere is refused', () => {
    for (const length of [0, 1, 50, 90, 1000, body.length - 100, body.length - 1])
      expect(
        code(() => decode(body.subarray(0, length), 65_536)),
        `${length} bytes`,
      ).toBe('IncompleteBody')
  })
})
