/**
 * Avro messages in the framing of schema registries:
 *
 *     Message => 0x00 SchemaId(int32, big-endian) AvroBinary
 *
 * Grader's side: registers schemas, writes frames, and reads what programs wrote. Longs are numbers.
 */
import avsc from 'avsc'
import type { RegistryFixture } from '../../services/types.ts'

const HEADER = 5

/** A schema with its id in the registry. */
export interface Framed {
  id: number
  type: avsc.Type
}

/**
 * Registers a schema under a subject (the same again gets the same id).
 * @throws when the registry refuses it: a defect of the grader
 */
export async function registerSchema(registry: RegistryFixture, subject: string, schema: object): Promise<Framed> {
  const path = `/subjects/${encodeURIComponent(subject)}/versions`
  const { status, body } = await registry.ask<{ id: number }>(path, 'POST', { schema: JSON.stringify(schema) })
  if (status !== 200) throw new Error(`the registry refused ${subject}: ${status} ${JSON.stringify(body)}`)
  return { id: body.id, type: avsc.Type.forSchema(schema as avsc.Schema) }
}

/** One framed message. */
export function frame({ id, type }: Framed, value: unknown): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeInt32BE(id, 1)
  return Buffer.concat([header, type.toBuffer(value)])
}

/** Reads framed messages by the schemas that the registry has for their ids. */
export class FrameReader {
  readonly #registry: RegistryFixture
  readonly #types = new Map<number, avsc.Type>()

  constructor(registry: RegistryFixture) {
    this.#registry = registry
  }

  /** @throws Error that says what is wrong with the message, in a learner's words */
  async read(bytes: Buffer | null): Promise<{ id: number; schema: avsc.Schema; value: Record<string, unknown> }> {
    if (!bytes || bytes.length < HEADER || bytes[0] !== 0)
      throw new Error('the value is not framed: it must begin with a zero byte and a schema id')
    const id = bytes.readInt32BE(1)
    const type = this.#types.get(id) ?? (await this.#fetch(id))
    try {
      return { id, schema: type.schema(), value: type.fromBuffer(bytes.subarray(HEADER)) as Record<string, unknown> }
    } catch (error) {
      throw new Error(`the value does not fit the schema that its id names: ${(error as Error).message}`)
    }
  }

  async #fetch(id: number): Promise<avsc.Type> {
    const { status, body } = await this.#registry.ask<{ schema: string }>(`/schemas/ids/${id}`)
    if (status !== 200) throw new Error('the registry does not know the schema id in the value')
    const type = avsc.Type.forSchema(JSON.parse(body.schema) as avsc.Schema)
    this.#types.set(id, type)
    return type
  }
}
