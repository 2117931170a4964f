/** Kafka and the registry, as the platform's programs use them: framed Avro in and out. */
import avro from 'avsc'
import { Kafka, logLevel } from 'kafkajs'
import { need } from './environment.ts'

/** A client that stays with the broker through outages: a program of the platform is never restarted because of one. */
export function kafka(clientId: string): Kafka {
  return new Kafka({
    clientId,
    brokers: need('KAFKA_BROKERS').split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 50, maxRetryTime: 2_000, retries: Number.MAX_SAFE_INTEGER },
  })
}

/** Debezium's nanoseconds since 1970 do not fit a double: they are read as the nearest one, where avsc would refuse the whole record. */
const long = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => Number(buffer.readBigInt64LE()),
  toBuffer: (value: number) => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(BigInt(value))
    return buffer
  },
  fromJSON: (value: number) => value,
  toJSON: (value: number) => value,
  isValid: (value: unknown) => Number.isInteger(value),
  compare: (a: number, b: number) => Math.sign(a - b) as -1 | 0 | 1,
})
const parse = (schema: unknown): avro.Type =>
  avro.Type.forSchema(schema as avro.Schema, {
    typeHook: part => (part === 'long' || (part as { type?: unknown }).type === 'long' ? long : undefined) as avro.Type,
  })

const types = new Map<number, Promise<avro.Type>>()
const registry = (): string => need('REGISTRY_URL').replace(/\/$/, '')

async function typeOf(id: number): Promise<avro.Type> {
  const answer = await fetch(`${registry()}/schemas/ids/${id}`)
  if (!answer.ok) throw new Error(`the registry answers ${answer.status} for schema ${id}`)
  const { schema } = (await answer.json()) as { schema: string }
  return parse(JSON.parse(schema))
}

/**
 * A framed Avro value (0, four bytes of schema id, data) as an object; null for a tombstone.
 * @throws Error when the frame or the data is broken, or the registry does not know the id
 */
export async function decode(value: Buffer | null): Promise<Record<string, unknown> | null> {
  if (value === null) return null
  if (value.length < 6 || value[0] !== 0) throw new Error('no framed Avro')
  const id = value.readInt32BE(1)
  const known = types.get(id) ?? typeOf(id)
  types.set(id, known)
  const type = await known.catch(error => {
    types.delete(id) // An outage of the registry must not be remembered.
    throw error
  })
  return type.fromBuffer(value.subarray(5)) as Record<string, unknown>
}

/** Registers a schema and gives the function that frames values of it. */
export async function encoder(subject: string, schema: object): Promise<(value: unknown) => Buffer> {
  const answer = await fetch(`${registry()}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  })
  if (!answer.ok) throw new Error(`the registry refuses ${subject}: ${answer.status} ${await answer.text()}`)
  const { id } = (await answer.json()) as { id: number }
  const type = parse(schema)
  const head = Buffer.alloc(5)
  head.writeInt32BE(id, 1)
  return value => Buffer.concat([head, type.toBuffer(value)])
}
