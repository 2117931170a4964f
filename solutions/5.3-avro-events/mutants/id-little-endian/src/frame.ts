/** Confluent's frame: 0, the schema's id in four bytes, then the body. */

const HEAD = 5

/** The id and a body as one message. */
export function frame(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(HEAD)
  head.writeUInt32LE(id, 1)
  return Buffer.concat([head, body])
}

/** null when the bytes have no frame. */
export function unframe(value: Buffer | null): { id: number; body: Buffer } | null {
  if (value === null || value.length < HEAD || value[0] !== 0) return null
  return { id: value.readUInt32LE(1), body: value.subarray(HEAD) }
}
