import { readConfig } from './config.ts'
import { BatchKafka } from './kafka.ts'

const config = readConfig(process.env)
const kafka = await BatchKafka.connect(config.brokers, config.readingsTopic, config.groupId)
const ends = await kafka.ends()
await kafka.close()
throw new Error(`src/processor.ts does nothing yet with the ${ends.size} partitions of its topic`)
