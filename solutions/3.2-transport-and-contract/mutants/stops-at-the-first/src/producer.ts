/** Publishes the readings of standard input by a released schema. It never registers anything. */
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import avsc from 'avsc'
import { Kafka, logLevel, type Message, Partitioners } from 'kafkajs'
import { readConfig } from './config.ts'
import { ask, subjectPath } from './registry.ts'
import type { Invalid, Refusal, Sent } from './types.ts'

const BATCH = 500

const { brokers, registryUrl: url, topic, subject, schemaFile } = readConfig(process.env)
const schema = await readFile(schemaFile, 'utf8')

/** The id of our schema under the topic's subject, or undefined after having said why there is none. */
async function released(): Promise<number | undefined> {
  const found = await ask<{ id: number }>(url, subjectPath(subject), 'POST', { schema })
  if (found.status === 200) return found.body.id
  if (found.status >= 500) throw new Error(`the registry failed: ${found.status}`)
  // What would the registry say to it? Nobody has to look that up who reads the log.
  const judged = await ask<{ is_compatible: boolean; messages: string[] }>(
    url,
    `/compatibility${subjectPath(subject)}/versions?verbose=true`,
    'POST',
    { schema },
  )
  const words = judged.body.is_compatible === false ? ['incompatible', ...(judged.body.messages ?? [])] : [found.body.message ?? '']
  console.error(JSON.stringify({ error: 'not-released', subject, status: found.status, message: words.join('; ') } satisfies Refusal))
  return undefined
}

/** What is wrong with a row, the first field in the order of the schema; undefined: nothing. */
function wrongField(type: avsc.types.RecordType, row: Record<string, unknown>): string | undefined {
  for (const field of type.fields) {
    const value = row[field.name]
    const isFine = value === undefined ? field.defaultValue() !== undefined : field.type.isValid(value)
    if (!isFine) return field.name
  }
  // Avro would leave it out without a word, and somebody downstream would wonder for months.
  return Object.keys(row).find(name => !type.fields.some(field => field.name === name))
}

async function publish(id: number): Promise<void> {
  const type = avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema) as avsc.types.RecordType
  const head = Buffer.alloc(5)
  head.writeInt32BE(id, 1)
  const kafka = new Kafka({ clientId: 'producer', brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, retries: 20 } })
  const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const count: Sent = { sent: 0, invalid: 0 }
  let batch: Message[] = []
  const send = async (): Promise<void> => {
    if (batch.length > 0) await producer.send({ topic, acks: -1, messages: batch })
    count.sent += batch.length
    batch = []
  }
  let line = 0
  for await (const text of createInterface({ input: process.stdin })) {
    line++
    const refuse = (field?: string): void => {
      count.invalid++
      console.error(JSON.stringify({ error: 'invalid', line, ...(field === undefined ? {} : { field }) } satisfies Invalid))
    }
    if (count.invalid > 0) break // The sender will have to mend it first.
    const row = objectOf(text)
    const field = row && wrongField(type, row)
    if (!row) refuse()
    else if (field !== undefined) refuse(field)
    else batch.push({ key: String(row['vehicle_id']), value: Buffer.concat([head, type.toBuffer(row)]) })
    if (batch.length >= BATCH) await send()
  }
  await send()
  await producer.disconnect()
  console.log(JSON.stringify(count))
  if (count.invalid > 0) process.exitCode = 4
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const row: unknown = JSON.parse(text)
    return typeof row === 'object' && row !== null && !Array.isArray(row) ? (row as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const id = await released()
if (id === undefined) process.exitCode = 3
else await publish(id)
