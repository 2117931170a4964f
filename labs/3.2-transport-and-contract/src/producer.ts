/** Publishes readings by a released schema. Yours. */
import { readConfig } from './config.ts'

const { subject } = readConfig(process.env)

console.error(`src/producer.ts does nothing yet about ${subject}`)
process.exitCode = 1
