import type { ChecksumAlgorithm } from '../metadata/types.ts'
import { CRC32C_POLYNOMIAL, CRC64NVME_POLYNOMIAL, digestOf } from './digest.ts'

const CRC32_POLYNOMIAL = 0xedb88320n

const CRCS: Partial<Record<ChecksumAlgorithm, { polynomial: bigint; width: bigint }>> = {
  CRC32: { polynomial: CRC32_POLYNOMIAL, width: 32n },
  CRC32C: { polynomial: BigInt(CRC32C_POLYNOMIAL), width: 32n },
  CRC64NVME: { polynomial: CRC64NVME_POLYNOMIAL, width: 64n },
}

/** Whether the checksum of a whole object follows from those of its parts: so for CRCs, not for SHA. */
export function canCombine(algorithm: ChecksumAlgorithm): boolean {
  return CRCS[algorithm] !== undefined
}

/** A part's checksum and size. */
export interface PartChecksum {
  /** Base64. */
  readonly value: string
  readonly size: number
}

/**
 * The CRC of the parts put together: crc(A‖B) = crc(A)·x^(8·|B|) ⊕ crc(B) in GF(2)[x] modulo the polynomial
 * (Mark Adler's crc32_combine in zlib; the pre- and post-inversion cancel out). Returns base64. Throws for SHA algorithms.
 */
export function combineFullObject(algorithm: ChecksumAlgorithm, parts: readonly PartChecksum[]): string {
  const crc = CRCS[algorithm]
  if (!crc) throw new Error(`${algorithm} of a whole object cannot be computed from its parts`)
  let value = 0n
  for (const part of parts) {
    const bits = Buffer.from(part.value, 'base64')
    value = multiply(crc, value, powerOfX(crc, 8n * BigInt(part.size))) ^ BigInt(`0x${bits.toString('hex')}`)
  }
  return Buffer.from(value.toString(16).padStart(Number(crc.width) / 4, '0'), 'hex').toString('base64')
}

/** S3's composite checksum: the checksum of the parts' checksums, and how many there are. */
export function combineComposite(algorithm: ChecksumAlgorithm, parts: readonly PartChecksum[]): string {
  const all = Buffer.concat(parts.map(part => Buffer.from(part.value, 'base64')))
  return `${digestOf(algorithm, all).toString('base64')}-${parts.length}`
}

type Crc = { polynomial: bigint; width: bigint }

/** a·b modulo the polynomial. Reflected: the highest bit is the coefficient of x^0. */
function multiply({ polynomial, width }: Crc, a: bigint, b: bigint): bigint {
  let product = 0n
  let power = b
  for (let bit = 1n << (width - 1n); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= power
    power = power & 1n ? (power >> 1n) ^ polynomial : power >> 1n
  }
  return product
}

/** x^n modulo the polynomial, by squaring. */
function powerOfX(crc: Crc, n: bigint): bigint {
  const one = 1n << (crc.width - 1n)
  let result = one
  let square = one >> 1n
  for (let rest = n; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(crc, result, square)
    square = multiply(crc, square, square)
  }
  return result
}
