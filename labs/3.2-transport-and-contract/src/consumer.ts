/** Reads readings by a schema of its own. Yours. */
import { readConfig } from './config.ts'

const { subject } = readConfig(process.env)

console.error(`src/consumer.ts does nothing yet about ${subject}`)
process.exitCode = 1
