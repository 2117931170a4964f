/** Schemas by their id. */
import { setTimeout as delay } from 'node:timers/promises'
import avsc from 'avsc'

const EVERY_MS = 200

/** Debezium's `ts_ns` is beyond JavaScript's safe numbers, where avsc refuses the whole record: such a long becomes the nearest double. */
const long = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => Number(bytes.readBigInt64LE()),
  toBuffer: (value: number) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(value))
    return bytes
  },
  fromJSON: (value: number) => value,
  toJSON: (value: number) => value,
  isValid: (value: unknown) => Number.isInteger(value),
  compare: (a: number, b: number) => Math.sign(a - b) as -1 | 0 | 1,
})

/** A type that reads records of a schema, as the registry has it. */
const readerOf = (schema: string): avsc.Type =>
  avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema, {
    wrapUnions: 'never',
    typeHook: part => (part === 'long' || (part as { type?: unknown }).type === 'long' ? long : undefined) as avsc.Type,
  })

/** An id means the same schema for ever, so each is asked for once. */
export class Registry {
  readonly #url: string
  readonly #types = new Map<number, avsc.Type>()

  constructor(url: string) {
    this.#url = url
  }

  /**
   * The writer's schema; undefined where the registry says that it has none. While the registry does not answer, or answers that it cannot,
   * this waits: a message is not to blame for that.
   */
  async type(id: number): Promise<avsc.Type | undefined> {
    const known = this.#types.get(id)
    if (known) return known
    for (let told = false; ; await delay(EVERY_MS)) {
      try {
        const answer = await fetch(`${this.#url}/schemas/ids/${id}`, { signal: AbortSignal.timeout(5_000) })
        if (answer.status === 404) return undefined
        if (!answer.ok) throw new Error(`the registry answers ${answer.status}`)
        const { schema } = (await answer.json()) as { schema: string }
        const type = readerOf(schema)
        this.#types.set(id, type)
        return type
      } catch (error) {
        if (!told) console.error(`waiting for schema ${id}: ${(error as Error).message}`)
        told = true
      }
    }
  }
}
