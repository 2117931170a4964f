import fs from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Shape } from '../src/protocol/codec.ts'
import { renderProtocol } from '../src/protocol/grammar.ts'
import { decode, type Message } from '../src/protocol/message.ts'
import { MESSAGES } from '../src/protocol/messages/index.ts'
import { Writer } from '../src/protocol/writer.ts'
import { sample } from './support/sample.ts'

// Apache Kafka 4.3.1's own message schemas, read from its classes by reflection: for each API the versions at which the shape changes.
type Versions = [since: number, shape: Shape][]
const KAFKA: Record<string, { key: number; min: number; max: number; request: Versions; response: Versions }> = JSON.parse(
  gunzipSync(fs.readFileSync(new URL('./fixtures/kafka-4.3.1-schemas.json.gz', import.meta.url))).toString(),
)

/** Nullability is not compared: we read null where an older version does not allow it, and never write it there. */
const loose = (shape: Shape): Shape => JSON.parse(JSON.stringify(shape).replaceAll('NULLABLE_', ''))
const at = (versions: Versions, version: number): Shape => versions.findLast(([since]) => since <= version)![1]

describe.each([...MESSAGES.values()])('$key $name', (api: Message) => {
  const versions = Array.from({ length: api.max - api.min + 1 }, (_, i) => api.min + i)

  test("fields, order and types are Apache Kafka's in every version", () => {
    const kafka = KAFKA[api.name]!
    expect(kafka.key).toBe(api.key)
    expect(api.max).toBeLessThanOrEqual(kafka.max)
    expect(api.min).toBeGreaterThanOrEqual(kafka.min)
    for (const version of versions) {
      const flexible = version >= api.flexibleFrom
      for (const side of ['request', 'response'] as const) {
        const ours = JSON.stringify(loose(api[side].shape(version, flexible)))
        expect(ours, `${api.name} ${side} v${version}`).toBe(JSON.stringify(loose(at(kafka[side], version))))
      }
    }
  })

  test('what is written is read back, in every version', () => {
    for (const version of versions) {
      const flexible = version >= api.flexibleFrom
      for (const side of ['request', 'response'] as const) {
        const codec = api[side]
        const value = sample(codec.shape(version, flexible)) as object
        const w = new Writer(8)
        w.version = version
        w.flexible = flexible
        ;(codec as { write(w: Writer, v: object): void }).write(w, value)
        const bytes = w.toBuffer()
        const read = decode(codec as never, bytes, version, flexible) as object
        expect(read, `${api.name} ${side} v${version}`).toMatchObject(value)
        expect(w.length).toBe(bytes.length)
      }
    }
  })
})

test('PROTOCOL.md is what the tables say (write it anew with `node src/protocol/grammar.ts`)', () => {
  expect(fs.readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8')).toBe(renderProtocol())
})
