import type { Shape } from '../../src/protocol/codec.ts'

/** A value of this shape in which every field is set, as unlike the defaults as possible. */
export function sample(shape: Shape, depth = 0): unknown {
  if (typeof shape === 'string') {
    const values: Record<string, unknown> = {
      BOOLEAN: true,
      INT8: -7,
      INT16: 1234,
      INT32: -123456,
      INT64: 2 ** 45 + 7,
      UUID: '0123456789abcdef'.repeat(2),
    }
    const plain = shape.replace('COMPACT_', '').replace('NULLABLE_', '')
    return values[plain] ?? (plain === 'STRING' ? `text ü ${depth}` : Buffer.from(`bytes ${depth}`))
  }
  if ('array' in shape) return [sample(shape.array, depth + 1), sample(shape.array, depth + 2)]
  const fields = Object.entries(shape.fields).map(([name, s]) => [name, sample(s, depth + 1)])
  const tags = Object.entries(shape.tags).map(([name, s]) => [name.split(' ')[1], sample(s, depth + 1)])
  return Object.fromEntries([...fields, ...tags])
}
