import { readFileSync } from 'node:fs'
import { docker } from '../../engines/docker/client.ts'
import { startBroker } from './broker.ts'
import { readDelta } from './delta.ts'
import { startMinio } from './object-store.ts'
import { must, type Trial } from './trial.ts'

const JOB = readFileSync(new URL('spark-trial.py', import.meta.url), 'utf8')
/** Milliseconds for a job on a machine that does other things too. */
const WITHIN = 600_000

/** A structured stream from Kafka to a Delta table on MinIO, run twice with one checkpoint; the table is read by other code. */
export async function spark(trial: Trial): Promise<string> {
  const { client, inside } = await startBroker(trial, { image: 'apache/kafka:4.3.1' })
  const store = await startMinio(trial, { image: MINIO })
  const producer = client.producer()
  await producer.connect()
  trial.onEnd(() => producer.disconnect())
  const send = (from: number, to: number) =>
    producer.send({
      topic: 'readings',
      messages: Array.from({ length: to - from }, (_, i) => from + i).map(n => ({
        value: JSON.stringify({ n, vehicle: `T-${n % 9}`, celsius: n % 10 === 9 ? 300 : n / 8 }),
      })),
    })
  const job = async () => {
    await trial.start({
      alias: 'spark',
      memory: '1500m',
      env: { KAFKA: inside, S3: store.inside, S3_USER: store.user, S3_PASSWORD: store.password },
      files: { '/opt/spark/work-dir/job.py': JOB },
      command: ['/opt/spark/bin/spark-submit', '--driver-memory', '600m', 'job.py'],
    })
    const code = (await docker(['wait', trial.container], { within: WITHIN })).trim()
    must(code === '0', `the job ends with 0; it ended with ${code}`)
  }
  await send(0, 300)
  await job()
  await send(300, 400)
  await job()
  const rows = await readDelta(store.client, 'lake', 'readings')
  const wanted = Array.from({ length: 400 }, (_, n) => n).filter(n => n % 10 !== 9)
  const read = rows.map(({ n }) => Number(n)).sort((a, b) => a - b)
  must(
    JSON.stringify(read) === JSON.stringify(wanted),
    `each reading below 100° is there once; there are ${read.length} of ${wanted.length}`,
  )
  must(rows.find(({ n }) => Number(n) === 0)?.['vehicle'] === 'merged', 'a MERGE changed its row')
  must((await trial.run(['id', '-u'])) === '185', 'jobs are not run as root')
  return `${wanted.length} readings from Kafka in a Delta table on MinIO, once each after two runs, read by another implementation`
}

const MINIO = 'quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z'
