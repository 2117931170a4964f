import type { Admin, Kafka } from 'kafkajs'
import { freePort } from '../../process/ports.ts'
import { graderKafka } from '../../services/kafka/client.ts'
import type { StartOptions, Trial } from './trial.ts'

/** A broker of a trial: `inside` is its address for the other containers. */
export interface TrialBroker {
  container: string
  client: Kafka
  admin: Admin
  inside: string
}

/** Starts apache/kafka as a compose file of the course does: one listener for containers, one for programs of this machine. */
export async function startBroker(trial: Trial, options: StartOptions = {}): Promise<TrialBroker> {
  const port = await freePort()
  const container = await trial.start({
    ...options,
    alias: 'kafka',
    args: ['--publish', `127.0.0.1:${port}:9094`, ...(options.args ?? [])],
    env: {
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,HOST://:9094,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://kafka:9092,HOST://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_LOG_DIRS: '/var/lib/kafka/data',
    },
  })
  const client = graderKafka([`127.0.0.1:${port}`])
  const admin = client.admin()
  await trial.until('the broker answers', async () => {
    await admin.connect()
    return (await admin.describeCluster()).brokers.length === 1
  }, 120_000) // biome-ignore format: one thought
  trial.onEnd(() => admin.disconnect())
  return { container, client, admin, inside: 'kafka:9092' }
}
