import { crc32 } from 'node:zlib'

/**
 * A chunk as it lies in a volume. All numbers are big-endian; n = ceil(length / 64 KiB).
 *
 *     chunk   => magic("MRCK") length(u32) block_crc(u32)×n header_crc(u32) payload(length bytes)
 *
 * `block_crc` is the CRC-32 of each 64 KiB block of the payload, so that a small range can be read and verified
 * without reading the chunk. `header_crc` is the CRC-32 of all that comes before it.
 */
export const BLOCK_SIZE = 64 * 1024
/** The largest payload of a chunk: what a writer gathers before it touches the disk. */
export const CHUNK_SIZE = 1024 * 1024

const MAGIC = 0x4d52434b
const FIXED = 8

/** Where a chunk lies. Volumes are numbered; the offset is that of the header; the length is the payload's. */
export interface ChunkRef {
  readonly volume: number
  readonly offset: number
  readonly length: number
}

/** A stored chunk is not what was written. */
export class ChunkCorrupt extends Error {
  readonly ref: ChunkRef

  constructor(ref: ChunkRef, what: string) {
    super(`chunk at volume ${ref.volume}, offset ${ref.offset} (${ref.length} bytes): ${what}`)
    this.name = 'ChunkCorrupt'
    this.ref = ref
  }
}

/** Bytes of header in front of a payload of `length` bytes. */
export function headerSize(length: number): number {
  return FIXED + 4 * Math.ceil(length / BLOCK_SIZE) + 4
}

/** Bytes that a chunk takes in its volume. */
export function recordSize(length: number): number {
  return headerSize(length) + length
}

/** The header of a payload of `length` bytes whose blocks have these CRC-32s. */
export function encodeHeader(length: number, blockCrcs: readonly number[]): Buffer {
  const header = Buffer.allocUnsafe(headerSize(length))
  header.writeUInt32BE(MAGIC, 0)
  header.writeUInt32BE(length, 4)
  for (const [index, crc] of blockCrcs.entries()) header.writeUInt32BE(crc, FIXED + 4 * index)
  const end = header.length - 4
  header.writeUInt32BE(crc32(header.subarray(0, end)), end)
  return header
}

/** The block CRCs of a chunk. Throws `ChunkCorrupt` when the bytes are not the header of `ref`. */
export function decodeHeader(ref: ChunkRef, header: Buffer): number[] {
  const end = headerSize(ref.length) - 4
  if (header.length < end + 4) throw new ChunkCorrupt(ref, 'the volume ends inside the header')
  if (header.readUInt32BE(0) !== MAGIC) throw new ChunkCorrupt(ref, 'no chunk starts here')
  if (header.readUInt32BE(end) !== crc32(header.subarray(0, end))) throw new ChunkCorrupt(ref, 'the header does not match its checksum')
  if (header.readUInt32BE(4) !== ref.length) throw new ChunkCorrupt(ref, `the header says ${header.readUInt32BE(4)} bytes`)
  return Array.from({ length: (end - FIXED) / 4 }, (_, index) => header.readUInt32BE(FIXED + 4 * index))
}

/** Checks whole blocks from block number `first` on. Throws `ChunkCorrupt`, naming the block. */
export function verifyBlocks(ref: ChunkRef, blockCrcs: readonly number[], first: number, data: Buffer): void {
  for (let at = 0, block = first; at < data.length; at += BLOCK_SIZE, block++) {
    if (crc32(data.subarray(at, at + BLOCK_SIZE)) !== blockCrcs[block])
      throw new ChunkCorrupt(ref, `block ${block} does not match its checksum`)
  }
}
