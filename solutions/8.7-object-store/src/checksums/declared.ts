import { S3Error } from '../http/errors.ts'
import type { ChecksumAlgorithm } from '../metadata/types.ts'
import { DIGEST_BYTES } from './digest.ts'

/** All algorithms, with their headers `x-amz-checksum-…`. */
export const ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']

/** The header of an algorithm. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`
}

/** The checksum a request announces for its body: in a header, or in a trailer. */
export interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm
  /** Base64; undefined where it comes in the trailer. */
  readonly value: string | undefined
}

/** Reads the checksum headers of an upload. Throws `InvalidRequest` on several, on malformed values and on contradictions. */
export function declaredChecksum(headers: ReadonlyMap<string, string>): DeclaredChecksum | undefined {
  const found = ALGORITHMS.filter(algorithm => headers.has(checksumHeader(algorithm)))
  const trailer = headers.get('x-amz-trailer')?.toLowerCase()
  const trailing = trailer === undefined ? undefined : ALGORITHMS.find(algorithm => checksumHeader(algorithm) === trailer)
  if (trailer !== undefined && !trailing)
    throw new S3Error('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported')
  if (found.length + (trailing ? 1 : 0) > 1)
    throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')
  const algorithm = found[0] ?? trailing
  const named = headers.get('x-amz-sdk-checksum-algorithm')
  if (named !== undefined && parseAlgorithm(named) !== algorithm) {
    throw new S3Error(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  }
  if (!algorithm) return undefined
  const value = found[0] && headers.get(checksumHeader(found[0]))
  return { algorithm, value: value === undefined ? undefined : validChecksum(algorithm, value) }
}

/** Checks that a client's checksum is base64 of the right length. Throws `InvalidRequest`. */
export function validChecksum(algorithm: ChecksumAlgorithm, value: string): string {
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length !== DIGEST_BYTES[algorithm] || bytes.toString('base64') !== value) {
    throw new S3Error('InvalidRequest', `Value for ${checksumHeader(algorithm)} header is invalid.`)
  }
  return value
}

/** The algorithm of that name. Throws `InvalidRequest`. */
export function parseAlgorithm(name: string): ChecksumAlgorithm {
  const algorithm = ALGORITHMS.find(candidate => candidate === name.toUpperCase())
  if (!algorithm)
    throw new S3Error(
      'InvalidRequest',
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    )
  return algorithm
}
