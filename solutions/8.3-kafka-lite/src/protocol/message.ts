import type { Codec } from './codec.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** One row of the API table: a request, its response, and the versions in which both are understood. */
export interface Message<Req = unknown, Res = unknown, ResInput = unknown> {
  key: number
  name: string
  /** The lowest version that is decoded. */
  min: number
  max: number
  /** The lowest version that ApiVersions announces, where it differs: librdkafka's feature probes need some lower than what is served. */
  announcedMin: number
  /** From this version on lengths are varints and structs end with tagged fields (KIP-482). */
  flexibleFrom: number
  request: Codec<Req, never>
  response: Codec<Res, ResInput>
}

/** The version from which no message is flexible yet. */
export const NEVER = 32767

/** Declares one row of the API table; see the files in `messages/`. */
export function message<Req, ReqInput, Res, ResInput>(row: {
  key: number
  name: string
  versions: [number, number]
  announcedMin?: number
  flexibleFrom: number
  request: Codec<Req, ReqInput>
  response: Codec<Res, ResInput>
}): Message<Req, Res, ResInput> & { requestInput?: ReqInput } {
  const [min, max] = row.versions
  const { key, name, flexibleFrom, response } = row
  return { key, name, min, max, announcedMin: row.announcedMin ?? min, flexibleFrom, request: row.request as Codec<Req, never>, response }
}

/** Reads a body of this codec at this version; bytes left over are ignored, as Kafka does. */
export function decode<R>(codec: Codec<R, never>, buffer: Buffer, version: number, flexible: boolean, position = 0): R {
  const reader = new Reader(buffer, position)
  reader.version = version
  reader.flexible = flexible
  return codec.read(reader)
}

/** Writes a body of this codec at this version into one buffer. */
export function encode<R, W>(codec: Codec<R, W>, value: W, version: number, flexible: boolean): Buffer {
  const writer = new Writer()
  writer.version = version
  writer.flexible = flexible
  codec.write(writer, value)
  return writer.toBuffer()
}
