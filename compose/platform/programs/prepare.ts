/**
 * Makes ready what the parts expect to find; run to its end at each start, and harmless when all is there.
 *   prepare.ts database    roles and the database (env: ADMIN_URL and the four passwords)
 *   prepare.ts pipeline    tables, publication, topics, bucket, connectors
 *   prepare.ts jobs        the scheduler's nightly jobs (env: SCHEDULER_URL, LAKE_URL)
 */
import { createBucket } from './prepare/bucket.ts'
import { startConnectors } from './prepare/connectors.ts'
import { prepareDatabase, preparePipelineTables } from './prepare/database.ts'
import { putJobs } from './prepare/jobs.ts'
import { makeTopics } from './prepare/topics.ts'

const STEPS: Record<string, readonly (() => Promise<void>)[]> = {
  database: [prepareDatabase],
  pipeline: [preparePipelineTables, makeTopics, createBucket, startConnectors],
  jobs: [putJobs],
}

const steps = STEPS[process.argv[2] ?? '']
if (!steps) throw new Error(`prepare.ts takes one of ${Object.keys(STEPS).join(', ')}`)
try {
  for (const step of steps) await step()
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}
process.exit(0) // Clients of Kafka leave timers behind.
