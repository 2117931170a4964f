/** The contract: the schema under its id, and records framed with that id. */
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import avsc from 'avsc'
import type { Reading } from './types.ts'

const SCHEMA = new URL('../schema/reading.avsc', import.meta.url)

/** A reading as a record's value: 0, the schema's id in four bytes, Avro binary. */
export type Encode = (reading: Reading) => Buffer

/**
 * Registers schema/reading.avsc under `<topic>-value`, or finds it there. Waits for a registry that is not there yet.
 * @throws Error when the registry refuses the schema
 */
export async function openContract(url: string, topic: string): Promise<Encode> {
  const schema = await readFile(SCHEMA, 'utf8')
  const type = avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema)
  const head = Buffer.alloc(5)
  head.writeInt32BE(await register(`${url}/subjects/${encodeURIComponent(`${topic}-value`)}/versions`, schema), 1)
  return reading => type.toBuffer(reading)
}

async function register(url: string, schema: string): Promise<number> {
  for (;;) {
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ schema }) }).catch(() => undefined)
    const body = (await answer?.json().catch(() => undefined)) as { id?: number; message?: string } | undefined
    if (answer?.status === 200 && body?.id !== undefined) return body.id
    if (answer && answer.status < 500) throw new Error(`the registry refuses the schema: ${answer.status} ${body?.message ?? ''}`)
    await wait(200)
  }
}
