import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { ChecksumAlgorithm } from '../metadata/types.ts'
import { tables32, tables64, update32, update64 } from './crc-table.ts'

/** A checksum being computed. */
export interface Digest {
  update(data: Uint8Array): void
  /** The value in big-endian bytes, as S3 puts it into base64. Call once. */
  finish(): Buffer
}

/** CRC-32C's polynomial (Castagnoli), reflected. RFC 3720, appendix B.4. */
export const CRC32C_POLYNOMIAL = 0x82f63b78
/** CRC-64/NVME's polynomial, reflected. NVM Express NVM Command Set Specification 1.0, 5.2.1.3.4. */
export const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n

let castagnoli: Int32Array | undefined
let nvme: { low: Int32Array; high: Int32Array } | undefined

/** Starts a checksum. */
export function createDigest(algorithm: ChecksumAlgorithm): Digest {
  switch (algorithm) {
    case 'CRC32': {
      let crc = 0
      return { update: data => void (crc = crc32(data, crc)), finish: () => bytes32(crc) }
    }
    case 'CRC32C': {
      const tables = (castagnoli ??= tables32(CRC32C_POLYNOMIAL))
      let register = -1
      return { update: data => void (register = update32(tables, register, data)), finish: () => bytes32(~register) }
    }
    case 'CRC64NVME': {
      const tables = (nvme ??= tables64(CRC64NVME_POLYNOMIAL))
      const state = { low: -1, high: -1 }
      return { update: data => update64(tables, state, data), finish: () => Buffer.concat([bytes32(~state.high), bytes32(~state.low)]) }
    }
    case 'SHA1':
    case 'SHA256': {
      const hash = createHash(algorithm.toLowerCase())
      return { update: data => void hash.update(data), finish: () => hash.digest() }
    }
  }
}

/** The checksum of data at hand. */
export function digestOf(algorithm: ChecksumAlgorithm, data: Uint8Array): Buffer {
  const digest = createDigest(algorithm)
  digest.update(data)
  return digest.finish()
}

/** Bytes of an algorithm's value: what a client's base64 must decode to. */
export const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 }

function bytes32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value | 0, 0)
  return bytes
}
