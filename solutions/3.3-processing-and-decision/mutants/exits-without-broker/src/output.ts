/** What the processor writes: alerts as framed Avro, rejects as they came. */
import { readFileSync } from 'node:fs'
import avsc from 'avsc'
import type { KafkaMessage, Message } from 'kafkajs'
import type { Registry } from './registry.ts'
import type { Alert, Reason } from './types.ts'

const schema: unknown = JSON.parse(readFileSync(new URL('alert.avsc', import.meta.url), 'utf8'))
const type = avsc.Type.forSchema(schema as avsc.Schema)

/** Until it works: what is done again is safe to be done again. */
export async function untilDone<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      console.error(`${what}: ${(error as Error).message}`)
      process.exit(1)
    }
  }
}

/** Alerts as messages. The id is made of what the alert is about: judged again, it is the same. */
export class AlertWriter {
  readonly #id: number

  private constructor(id: number) {
    this.#id = id
  }

  static async open(registry: Registry, topic: string): Promise<AlertWriter> {
    return new AlertWriter(await untilDone('registry', () => registry.register(`${topic}-value`, schema)))
  }

  message(alert: Alert): Message {
    const { rule, vehicleId, compartment, dueAt, since, value } = alert
    const id = [vehicleId, compartment ?? 'truck', rule, new Date(dueAt * 1000).toISOString()].join('/')
    const header = Buffer.alloc(5)
    header.writeInt32BE(this.#id, 1)
    const fields = { id, rule, vehicle_id: vehicleId, compartment, due_at: dueAt * 1000, since: since * 1000 }
    return { key: id, value: Buffer.concat([header, type.toBuffer({ ...fields, value_c: value === null ? null : value / 100 })]) }
  }
}

/** A message that cannot be judged, byte for byte, with the reason and where it was. */
export function rejected(topic: string, partition: number, { offset, key, value }: KafkaMessage, reason: Reason): Message {
  return { key, value, headers: { reason, origin: `${topic}/${partition}/${offset}` } }
}
