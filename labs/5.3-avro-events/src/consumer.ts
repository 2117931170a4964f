/** Reads a topic and says of each message what it is. Yours to write: see the lesson. */
import { Kafka, logLevel } from 'kafkajs'
import { readConfig } from './config.ts'

const { brokers, topic, group } = readConfig(process.env)
const consumer = new Kafka({ brokers, logLevel: logLevel.ERROR }).consumer({ groupId: group, maxWaitTimeInMs: 100 })
await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
await consumer.run({
  eachMessage: async ({ partition, message }) => {
    console.log(JSON.stringify({ partition, offset: Number(message.offset), accepted: JSON.parse(String(message.value)) }))
  },
})
