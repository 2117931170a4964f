/** Readings from standard input (one JSON object a line) onto a topic. Yours to write: see the lesson. */
import { createInterface } from 'node:readline'
import { Kafka, logLevel } from 'kafkajs'
import { readConfig } from './config.ts'

const { brokers, topic } = readConfig(process.env)
const producer = new Kafka({ brokers, logLevel: logLevel.ERROR }).producer()
await producer.connect()
let line = 0
for await (const text of createInterface({ input: process.stdin })) {
  line++
  await producer.send({ topic, messages: [{ value: text }] })
  console.log(JSON.stringify({ line }))
}
await producer.disconnect()
