/** Readings from standard input (one JSON object a line) onto a topic; one line of JSON for each when it is there. */
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import avsc from 'avsc'
import { Kafka, logLevel, type Message } from 'kafkajs'
import { readConfig, readingSchema } from './config.ts'
import { frame } from './frame.ts'
import { register } from './registry.ts'

const BATCH = 100

const { brokers, registryUrl, topic } = readConfig(process.env)
const schema = readingSchema()
const type = avsc.Type.forSchema(schema as avsc.Schema)
const id = await register(registryUrl, `${topic}-value`, schema)
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 8, initialRetryTime: 50, maxRetryTime: 500 } })
/**
 * No attempts of its own: kafkajs (2.2.4, sendMessages.js) keeps the answers of an attempt by broker, and in the next one asks none again that has answered. Where a
 * partition has moved to such a broker, its records are never sent, and send() returns as if they were.
 */
const producer = kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } })

interface Line {
  line: number
  message: Message
}

const say = (of: object) => process.stdout.write(`${JSON.stringify(of)}\n`)

/** A message, or what is wrong with the line: no JSON, a field that is missing, unknown or of another type. */
function messageOf(text: string): Message | string {
  let reading: Record<string, unknown>
  try {
    reading = JSON.parse(text)
  } catch {
    return 'no JSON'
  }
  const wrong: string[] = []
  const errorHook = (path: string[]) => wrong.push(path.join('.') || 'the whole')
  if (!type.isValid(reading, { errorHook } as never)) return `does not fit the schema: ${wrong.join(', ')}`
  return { key: String(reading['vehicle_id']), value: frame(id, type.toBuffer(reading)) }
}

/** Until it is acknowledged: a broker that is away comes back. What is sent again may be there twice. */
async function send(lines: readonly Line[]): Promise<void> {
  for (;;) {
    try {
      await producer.send({ topic, acks: -1, messages: lines.map(({ message }) => message) })
      break
    } catch {
      await delay(200)
      await producer.connect().catch(() => {})
    }
  }
  for (const { line } of lines) say({ line })
}

for (;;) {
  try {
    await producer.connect()
    break
  } catch {
    await delay(200)
  }
}
let line = 0
let batch: Line[] = []
for await (const text of createInterface({ input: process.stdin })) {
  line++
  const message = messageOf(text)
  if (typeof message === 'string') say({ line, rejected: message })
  else batch.push({ line, message })
  if (batch.length < BATCH) continue
  await send(batch)
  batch = []
}
if (batch.length > 0) await send(batch)
await producer.disconnect()
