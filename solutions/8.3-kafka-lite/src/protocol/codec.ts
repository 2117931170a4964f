import { MalformedFrameError } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** What a codec looks like at one version: its standard name, or the names around its element or fields. */
export type Shape = string | { array: Shape } | { fields: Record<string, Shape>; tags: Record<string, Shape> }

/**
 * Reads and writes one type. `R` is what reading gives, `W` what writing takes. The version is in the reader or writer, so one
 * codec serves all versions of a message. `shape` is the documentation: the grammar printed in PROTOCOL.md and compared with Kafka's own.
 */
export interface Codec<R, W = R> {
  read(r: Reader): R
  write(w: Writer, value: W): void
  zero: R
  shape(version: number, flexible: boolean): Shape
}

function primitive<T>(name: string, zero: T, read: (r: Reader) => T, write: (w: Writer, value: T) => void): Codec<T> {
  return { zero, read, write, shape: () => name }
}

// BOOLEAN => INT8 (0 is false)    UUID => 16 bytes, shown as 32 hex digits
export const bool = primitive<boolean>(
  'BOOLEAN',
  false,
  r => r.int8() !== 0,
  (w, v) => w.int8(v ? 1 : 0),
)
export const int8 = primitive<number>(
  'INT8',
  0,
  r => r.int8(),
  (w, v) => w.int8(v),
)
export const int16 = primitive<number>(
  'INT16',
  0,
  r => r.int16(),
  (w, v) => w.int16(v),
)
export const int32 = primitive<number>(
  'INT32',
  0,
  r => r.int32(),
  (w, v) => w.int32(v),
)
export const int64 = primitive<number>(
  'INT64',
  0,
  r => r.int64(),
  (w, v) => w.int64(v),
)
export const NO_UUID = '0'.repeat(32)
export const uuid = primitive<string>(
  'UUID',
  NO_UUID,
  r => r.raw(16).toString('hex'),
  (w, v) => w.raw(Buffer.from(v, 'hex')),
)

// A length is one of: INT16 or INT32 (-1 is null), or in flexible versions UNSIGNED_VARINT of length + 1 (0 is null).
function readLength(r: Reader, wide: boolean): number {
  if (r.flexible) return r.unsignedVarint() - 1
  return wide ? r.int32() : r.int16()
}

function writeLength(w: Writer, length: number, wide: boolean): void {
  if (w.flexible) w.unsignedVarint(length + 1)
  else if (wide) w.int32(length)
  else w.int16(length)
}

const lengthError = (what: string, length: number) => new MalformedFrameError(`${what} of length ${length}`)

// NULLABLE_STRING => length INT16 | COMPACT: UNSIGNED_VARINT, then UTF-8
export const nullableString: Codec<string | null> = {
  zero: null,
  read(r) {
    const length = readLength(r, false)
    if (length === -1) return null
    if (length < -1) throw lengthError('a string', length)
    return r.text(length)
  },
  write(w, value) {
    if (value === null) return writeLength(w, -1, false)
    const length = Buffer.byteLength(value)
    writeLength(w, length, false)
    w.text(value, length)
  },
  shape: (_, flexible) => (flexible ? 'COMPACT_NULLABLE_STRING' : 'NULLABLE_STRING'),
}

// STRING => the same, never null
export const string: Codec<string> = {
  zero: '',
  read(r) {
    const value = nullableString.read(r)
    if (value === null) throw new MalformedFrameError('null where a string is required')
    return value
  },
  write: nullableString.write,
  shape: (_, flexible) => (flexible ? 'COMPACT_STRING' : 'STRING'),
}

function byteString(name: string): Codec<Buffer | null> {
  return {
    zero: null,
    read(r) {
      const length = readLength(r, true)
      if (length === -1) return null
      if (length < -1) throw lengthError('a byte string', length)
      return r.raw(length)
    },
    write(w, value) {
      if (value === null) return writeLength(w, -1, true)
      writeLength(w, value.length, true)
      w.raw(value)
    },
    shape: (_, flexible) => (flexible ? `COMPACT_${name}` : name),
  }
}

// NULLABLE_BYTES => length INT32 | COMPACT: UNSIGNED_VARINT, then the bytes.  RECORDS => the same, holding record batches
export const nullableBytes = byteString('NULLABLE_BYTES')
export const records = byteString('NULLABLE_RECORDS')

const NO_BYTES = Buffer.alloc(0)

// BYTES => the same, never null
export const bytes: Codec<Buffer> = {
  zero: NO_BYTES,
  read(r) {
    const value = nullableBytes.read(r)
    if (value === null) throw new MalformedFrameError('null where bytes are required')
    return value
  },
  write: nullableBytes.write,
  shape: (_, flexible) => (flexible ? 'COMPACT_BYTES' : 'BYTES'),
}

/** ARRAY => length INT32 | COMPACT: UNSIGNED_VARINT, then the elements. Null is read as null. */
export function nullableArray<R, W>(element: Codec<R, W>): Codec<R[] | null, readonly W[] | null> {
  return {
    zero: null,
    read(r) {
      const length = readLength(r, true)
      if (length === -1) return null
      // An element takes at least one byte: a longer claim is a lie, refused before anything is allocated.
      if (length < -1 || length > r.remaining) throw lengthError('an array', length)
      const values: R[] = []
      for (let i = 0; i < length; i++) values.push(element.read(r))
      return values
    },
    write(w, values) {
      if (values === null) return writeLength(w, -1, true)
      writeLength(w, values.length, true)
      for (const value of values) element.write(w, value)
    },
    shape: (version, flexible) => ({ array: element.shape(version, flexible) }),
  }
}

/** ARRAY that is never null; a null on the wire is refused. */
export function array<R, W>(element: Codec<R, W>): Codec<R[], readonly W[]> {
  const inner = nullableArray(element)
  return {
    ...inner,
    zero: [],
    read(r) {
      const values = inner.read(r)
      if (values === null) throw new MalformedFrameError('null where an array is required')
      return values
    },
  }
}
