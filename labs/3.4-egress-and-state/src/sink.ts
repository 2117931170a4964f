/** The sink: readings and alerts into their tables. Yours; so far it reads and forgets. */
import { Kafka, logLevel } from 'kafkajs'
import { readConfig } from './config.ts'

const config = readConfig(process.env)
const kafka = new Kafka({ clientId: 'sink', brokers: config.brokers, logLevel: logLevel.ERROR, retry: { initialRetryTime: 50 } })
const consumer = kafka.consumer({
  groupId: config.groupId,
  sessionTimeout: config.sessionMs,
  heartbeatInterval: config.sessionMs / 5,
  maxWaitTimeInMs: 100,
})

consumer.on('consumer.group_join', () => console.log('ready'))
await consumer.connect()
await consumer.subscribe({ topics: [config.topics.readings, config.topics.alerts], fromBeginning: true })
await consumer.run({ eachMessage: async () => {} })

process.once('SIGTERM', () => void consumer.disconnect().then(() => process.exit(0)))
