import { createHash } from 'node:crypto'
import { createStreamHash } from '../checksums/background-hash.ts'
import { checksumHeader, declaredChecksum, validChecksum } from '../checksums/declared.ts'
import { createDigest, type Digest } from '../checksums/digest.ts'
import { S3Error } from '../http/errors.ts'
import type { S3Request } from '../http/request.ts'
import type { ChecksumAlgorithm } from '../metadata/types.ts'
import type { ChunkRef } from '../storage/chunk-codec.ts'
import type { Store } from './store.ts'

/** A body that has been stored durably and verified, and that no object refers to yet. */
export interface Received {
  readonly chunks: readonly ChunkRef[]
  readonly size: number
  /** Hex. */
  readonly md5: string
  /** The checksum that was declared or asked for, base64. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string }
}

/**
 * Streams a request's body into chunks, verifies signature, Content-MD5 and checksum, and, when all is durable, runs `commit`,
 * which makes an object of it. Whatever fails leaves nothing but dead bytes for the collector.
 */
export async function receive<T>(
  store: Store,
  request: S3Request,
  options: { readonly limit: number; readonly algorithm?: ChecksumAlgorithm | undefined },
  commit: (received: Received) => Promise<T>,
): Promise<T> {
  const declared = declaredChecksum(request.headers)
  if (options.algorithm && declared && declared.algorithm !== options.algorithm) {
    throw new S3Error(
      'InvalidRequest',
      `Checksum Type mismatch occurred, expected checksum Type: ${options.algorithm.toLowerCase()}, actual checksum Type: ${declared.algorithm.toLowerCase()}`,
    )
  }
  const contentMd5 = declaredMd5(request)
  if (request.payload.length === undefined) throw new S3Error('MissingContentLength')
  if (request.payload.length > options.limit) throw new S3Error('EntityTooLarge')
  const algorithm = declared?.algorithm ?? options.algorithm
  const digest: Digest | undefined = algorithm && createDigest(algorithm)
  const md5 = createStreamHash('md5', request.payload.length)
  const writer = store.chunks.writer()
  let hashed = false
  try {
    for await (const data of request.payload.bytes()) {
      await md5.update(data)
      digest?.update(data)
      await writer.write(data)
    }
    const md5Bytes = await md5.digest()
    hashed = true
    if (contentMd5 && !contentMd5.equals(md5Bytes)) throw new S3Error('BadDigest')
    const value = digest?.finish().toString('base64')
    if (declared) {
      const expected = declared.value ?? trailingChecksum(request, declared.algorithm)
      if (expected !== value)
        throw new S3Error('BadDigest', `The ${declared.algorithm} you specified did not match the calculated checksum.`)
    }
    const chunks = await writer.finish()
    const checksum = algorithm && value !== undefined ? { checksum: { algorithm, value } } : {}
    return await commit({ chunks, size: writer.size, md5: md5Bytes.toString('hex'), ...checksum })
  } finally {
    if (!hashed) md5.drop()
    await writer.settle()
  }
}

function trailingChecksum(request: S3Request, algorithm: ChecksumAlgorithm): string {
  const value = request.payload.trailers.get(checksumHeader(algorithm))
  if (value === undefined) throw new S3Error('IncompleteBody', `The trailer ${checksumHeader(algorithm)} is missing.`)
  return validChecksum(algorithm, value)
}

function declaredMd5(request: S3Request): Buffer | undefined {
  const header = request.headers.get('content-md5')
  if (header === undefined) return undefined
  const bytes = Buffer.from(header, 'base64')
  if (bytes.length !== 16 || bytes.toString('base64') !== header) throw new S3Error('InvalidDigest')
  return bytes
}

/** Reads a small XML body and verifies Content-MD5 and checksum, where the client sent them. */
export async function receiveText(request: S3Request): Promise<string> {
  const declared = declaredChecksum(request.headers)
  const contentMd5 = declaredMd5(request)
  const text = await request.payload.text()
  const bytes = Buffer.from(text)
  if (contentMd5 && !contentMd5.equals(createHash('md5').update(bytes).digest())) throw new S3Error('BadDigest')
  if (declared) {
    const digest = createDigest(declared.algorithm)
    digest.update(bytes)
    if ((declared.value ?? trailingChecksum(request, declared.algorithm)) !== digest.finish().toString('base64'))
      throw new S3Error('BadDigest')
  }
  return text
}
