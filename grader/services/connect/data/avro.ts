import avsc from 'avsc'
import { askJson } from '../../json-client.ts'
import { fromAvro, toAvro } from './avro-schema.ts'
import { type Data, DataError, FatalError, type Schema } from './schema.ts'

/** avsc's long is a double by default; Connect's int64 has 64 bits. */
const long = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(value)
    return buffer
  },
  fromJSON: (value: number) => BigInt(value),
  toJSON: (value: bigint) => Number(value),
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

const typeOf = (schema: unknown): avsc.Type =>
  avsc.Type.forSchema(schema as avsc.Schema, {
    typeHook: part => (part === 'long' || (part as { type?: unknown }).type === 'long' ? long : undefined) as avsc.Type,
  })

/** Registers and looks up schemas; remembers both. */
export class AvroCodec {
  readonly #url: string
  readonly #autoRegister: boolean
  readonly #written = new Map<string, Map<Schema, Promise<{ id: number; type: avsc.Type }>>>()
  readonly #read = new Map<number, Promise<{ schema: Schema; type: avsc.Type }>>()

  constructor(url: string, autoRegister: boolean) {
    this.#url = url.replace(/\/(apis\/.*)?$/, '')
    this.#autoRegister = autoRegister
  }

  /** Magic byte 0, schema id (4 bytes), Avro binary. @throws FatalError when the registry refuses the schema */
  async write(subject: string, { schema, value }: Data): Promise<Buffer> {
    if (!schema) throw new FatalError('AvroConverter needs data with a schema')
    const subjects = this.#written.get(subject) ?? new Map<Schema, Promise<{ id: number; type: avsc.Type }>>()
    this.#written.set(subject, subjects)
    let known = subjects.get(schema)
    if (!known) {
      known = this.#register(subject, schema)
      subjects.set(schema, known)
      known.catch(() => subjects.delete(schema))
    }
    const { id, type } = await known
    const body = type.toBuffer(value)
    const head = Buffer.alloc(5)
    head.writeInt32BE(id, 1)
    return Buffer.concat([head, body])
  }

  async #register(subject: string, schema: Schema): Promise<{ id: number; type: avsc.Type }> {
    const avro = toAvro(schema)
    const path = `/subjects/${encodeURIComponent(subject)}${this.#autoRegister ? '/versions' : ''}`
    const { status, body } = await askJson<{ id: number; message?: string }>(this.#url, path, 'POST', { schema: JSON.stringify(avro) })
    if (status >= 500) throw new Error(`the schema registry answered ${status}: ${body.message}`)
    if (status !== 200) throw new FatalError(`the schema registry refused the schema of subject ${subject}: ${body.message}`)
    return { id: body.id, type: typeOf(avro) }
  }

  /** @throws DataError for what is no framed Avro or has an id that the registry does not know */
  async read(bytes: Buffer): Promise<Data> {
    if (bytes.length < 5 || bytes[0] !== 0) throw new DataError('Unknown magic byte: the message is not framed for the schema registry')
    const id = bytes.readInt32BE(1)
    let known = this.#read.get(id)
    if (!known) {
      known = this.#look(id)
      this.#read.set(id, known)
      known.catch(() => this.#read.delete(id))
    }
    const { schema, type } = await known
    try {
      return { schema, value: type.fromBuffer(bytes.subarray(5)) }
    } catch (error) {
      throw new DataError(`Error deserializing Avro message for id ${id}: ${(error as Error).message}`)
    }
  }

  async #look(id: number): Promise<{ schema: Schema; type: avsc.Type }> {
    const { status, body } = await askJson<{ schema: string; message?: string }>(this.#url, `/schemas/ids/${id}`)
    if (status === 404) throw new DataError(`Error retrieving Avro value schema for id ${id}: ${body.message}`)
    if (status !== 200) throw new Error(`the schema registry answered ${status}: ${body.message}`)
    const avro = JSON.parse(body.schema)
    return { schema: fromAvro(avro), type: typeOf(avro) }
  }
}
