/** A learner's platform as the grader meets it: data and passwords that nobody has seen, the database and the table behind two ports. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { generate, tableLines } from '../../../../datasets/index.ts'
import type { ComposeProject } from '../../../engines/docker/project.ts'
import { DeltaTableReader } from '../../../experiments/delta-rows.ts'
import type { Database } from '../../../experiments/outside.ts'
import { fail } from '../../../kpi/index.ts'
import type { Random } from '../../../kpi/types.ts'

/** Milliseconds until everything of a platform is healthy: three servers on Java beside each other, on a machine that may be busy. */
export const UP_WITHIN = 240_000

export interface Deployment {
  project: ComposeProject
  database: Database
  /** Reads s3a://lake/shipments without Spark. */
  lake: DeltaTableReader
  passwords: Record<'DB_PASSWORD' | 'LAKE_PASSWORD', string>
}

/** Passwords as the environment gives them to a deployment. */
export const drawPasswords = (random: Random): Deployment['passwords'] => ({
  DB_PASSWORD: `db${random.word(14)}`,
  LAKE_PASSWORD: `lake${random.word(14)}`,
})

/** Puts data of its own into the workspace, in the place of the samples. */
export function layData(dir: string, seed: number): void {
  const dataset = generate({ size: 'xs', seed })
  for (const table of ['depots', 'vehicles', 'shipments'] as const)
    writeFileSync(join(dir, 'data', `${table}.csv`), [...tableLines(dataset, table)].join(''))
}

/** Database and store of a project that was brought up, over the ports that its file publishes. */
export function reach(project: ComposeProject, passwords: Deployment['passwords']): Deployment {
  const port = (service: string, target: number): number =>
    project.port(service, target) ?? fail({ subject: `port ${target} of ${service}`, expected: 'published, so that one can look into it', saw: 'not published' }) // biome-ignore format: one line
  const database = { port: port('postgres', 5432), user: 'fjordline', password: passwords.DB_PASSWORD, database: 'fjordline' }
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${port('minio', 9000)}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'fjordline', secretAccessKey: passwords.LAKE_PASSWORD },
    maxAttempts: 2,
  })
  return { project, database, passwords, lake: new DeltaTableReader(s3, 'lake', 'shipments') }
}
