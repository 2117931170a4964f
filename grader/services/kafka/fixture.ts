import { randomBytes } from 'node:crypto'
import { embeddedHost, faultsOf, type Host } from '../host.ts'
import type { KafkaFixture, ServiceEndpoint } from '../types.ts'
import { deleteWhere, graderKafka } from './client.ts'

/** What Connect and Debezium put in front of a name that they were given. */
const OF_A_CONNECTOR = /^(connect-|__debezium-heartbeat\.)/

/**
 * A prefix for the topics and groups of one KPI, on a broker that answers: one that does not is brought back first, with its data. `close`
 * deletes the topics and groups that begin with the prefix.
 * @throws CodedError MR-E-040 … 046 when the broker cannot be brought back
 */
export async function openKafka(
  endpoint: ServiceEndpoint,
  kpiId: string,
  host: Host = embeddedHost(endpoint),
): Promise<KafkaFixture & { close(): Promise<void> }> {
  await host.ensure()
  // Letters, digits and _ only: connectors make names of Avro schemas from names of topics.
  const topicPrefix = `${kpiId.replace(/\W/g, '_').slice(0, 60)}_${randomBytes(3).toString('hex')}_`
  const client = graderKafka(host.outside)
  const admin = client.admin()
  await admin.connect()
  return {
    ...{ brokers: host.outside.join(), host: endpoint.host, port: endpoint.port, topicPrefix, client, admin },
    inside: { brokers: host.inside.join() },
    ...faultsOf(host),
    async close() {
      try {
        await host.ensure()
        await deleteWhere(admin, name => name.replace(OF_A_CONNECTOR, '').startsWith(topicPrefix))
      } finally {
        await admin.disconnect()
        host.close()
      }
    },
  }
}
