/** Topics of one KPI, with what is on them. */

import { READING_SCHEMA, type ReadingValue } from '../../../experiments/streams/reading.ts'
import { type FramedWriter, framedWriter } from '../../../experiments/streams/writer.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import { ALERT_SCHEMA, type AlertValue } from './records.ts'

type Parts = Pick<KpiFixtures, 'kafka' | 'registry' | 'cleanup'>

export interface Flow {
  topics: { readings: string; alerts: string; deadLetters: string }
  readings: FramedWriter
  alerts: FramedWriter
  /** In this order within a truck. */
  sendReadings(values: readonly ReadingValue[]): Promise<void>
  sendAlerts(values: readonly AlertValue[]): Promise<void>
  /** Bytes that are whatever they are. */
  sendRaw(topic: string, messages: readonly { key: string | null; value: Buffer | null; partition?: number }[]): Promise<void>
}

const REQUEST = 1000

/** Makes the topics. Readings have `partitions`; one request puts what is sent to a partition into one batch. */
export async function makeFlow({ kafka, registry, cleanup }: Parts, partitions = 2): Promise<Flow> {
  const name = (what: string) => `${kafka.topicPrefix}${what}`
  const topics = { readings: name('readings'), alerts: name('alerts'), deadLetters: name('dead_letters') }
  await kafka.admin.createTopics({
    topics: [
      { topic: topics.readings, numPartitions: partitions },
      { topic: topics.alerts, numPartitions: 1 },
      { topic: topics.deadLetters, numPartitions: 1 },
    ],
  })
  const readings = await framedWriter(registry, `${topics.readings}-value`, READING_SCHEMA)
  const alerts = await framedWriter(registry, `${topics.alerts}-value`, ALERT_SCHEMA)
  const producer = kafka.client.producer({ maxInFlightRequests: 1 })
  await producer.connect()
  cleanup(() => producer.disconnect())
  const partitionOf = (vehicle: string) => Number(vehicle.replace(/\D/g, '')) % partitions
  const sendRaw: Flow['sendRaw'] = async (topic, messages) => {
    for (let from = 0; from < messages.length; from += REQUEST)
      await producer.send({ topic, acks: -1, messages: messages.slice(from, from + REQUEST) })
  }
  return {
    ...{ topics, readings, alerts, sendRaw },
    sendReadings: values =>
      sendRaw(
        topics.readings,
        values.map(value => ({ key: value.vehicle_id, value: readings.write(value), partition: partitionOf(value.vehicle_id) })),
      ),
    sendAlerts: values =>
      sendRaw(
        topics.alerts,
        values.map(value => ({ key: value.id, value: alerts.write(value) })),
      ),
  }
}
