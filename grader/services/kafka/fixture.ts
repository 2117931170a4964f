import { randomBytes } from 'node:crypto'
import { Control } from '../control.ts'
import type { KafkaFixture, ServiceEndpoint } from '../types.ts'
import { deleteWhere, graderKafka } from './client.ts'

/** What Connect and Debezium put in front of a name that they were given. */
const OF_A_CONNECTOR = /^(connect-|__debezium-heartbeat\.)/

/**
 * A prefix for the topics and groups of one KPI, on a broker that answers: one that does not is brought back first, with its data. `close`
 * deletes the topics and groups that begin with the prefix.
 * @throws CodedError MR-E-040 … 046 when the broker cannot be brought back
 */
export async function openKafka(endpoint: ServiceEndpoint, kpiId: string): Promise<KafkaFixture & { close(): Promise<void> }> {
  const control = new Control(endpoint)
  if (endpoint.control) await control.ask('ensure', {}, 30_000)
  const { host, port } = endpoint
  // Letters, digits and _ only: connectors make names of Avro schemas from names of topics.
  const topicPrefix = `${kpiId.replace(/\W/g, '_').slice(0, 60)}_${randomBytes(3).toString('hex')}_`
  const client = graderKafka(endpoint)
  const admin = client.admin()
  await admin.connect()
  return {
    ...{ brokers: `${host}:${port}`, host, port, topicPrefix, client, admin },
    restart: () => control.ask('restart', {}, 30_000),
    start: () => control.ask('start', {}, 30_000),
    pause: () => control.ask('pause'),
    resume: () => control.ask('resume'),
    kill: () => control.ask('kill'),
    async close() {
      try {
        if (endpoint.control) {
          await control.ask('resume')
          await control.ask('ensure', {}, 30_000)
        }
        await deleteWhere(admin, name => name.replace(OF_A_CONNECTOR, '').startsWith(topicPrefix))
      } finally {
        await admin.disconnect()
        control.close()
      }
    },
  }
}
