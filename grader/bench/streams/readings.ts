/** The readings of the benchmark as messages: a data set of the course, late, duplicate and corrupt rows among them. */
import type { Message } from 'kafkajs'
import { generate, type Row, tableLines } from '../../../datasets/index.ts'
import { READING_SCHEMA, readingValue } from '../../experiments/streams/reading.ts'
import { type FramedWriter, framedWriter } from '../../experiments/streams/writer.ts'
import type { TrialBroker } from '../../images/smoke/broker.ts'
import type { TrialRegistry } from '../../images/smoke/registry.ts'
import { broken } from '../../labs/3.3-processing-and-decision/support/broken.ts'

/** Messages a request. */
const REQUEST = 2000

/**
 * Fills a new topic with so many readings, in the order in which they arrive; all of a truck are in one partition.
 * @returns vehicles.csv of their trucks
 */
export async function fillReadings(
  { client, admin }: TrialBroker,
  registry: TrialRegistry,
  { topic, partitions, readings, seed }: { topic: string; partitions: number; readings: number; seed: number },
): Promise<string> {
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] })
  const writer = await framedWriter(registry, `${topic}-value`, READING_SCHEMA)
  const data = generate({ size: 'm', seed, readings })
  const producer = client.producer({ maxInFlightRequests: 1 })
  await producer.connect()
  let messages: Message[] = []
  const send = async () => {
    await producer.send({ topic, acks: -1, messages })
    messages = []
  }
  for (const item of data.stream()) {
    if (item.kind !== 'row') continue
    const { vehicle } = item.row.reading
    messages.push({ key: vehicle.vehicle_id, partition: vehicle.index % partitions, value: bytesOf(item.row, writer) })
    if (messages.length === REQUEST) await send()
  }
  if (messages.length > 0) await send()
  await producer.disconnect()
  return [...tableLines(data, 'vehicles')].join('')
}

/** A row's message: its record, or what is left of it. */
function bytesOf(row: Row, writer: FramedWriter): Buffer {
  const record = readingValue(row.reading, row.ingestMs)
  return row.corrupt === null ? writer.write(record) : broken(writer, record, row).value
}
