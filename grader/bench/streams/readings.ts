/** The readings of the benchmark as messages: a data set of the course, late, duplicate and corrupt rows among them. */
import type { Message } from 'kafkajs'
import { generate, ndjsonLine, type Row, tableLines } from '../../../datasets/index.ts'
import { frame } from '../../experiments/framed.ts'
import { READING_SCHEMA, readingValue } from '../../experiments/streams/reading.ts'
import { framedWriter } from '../../experiments/streams/writer.ts'
import type { TrialBroker } from '../../images/smoke/broker.ts'
import type { TrialRegistry } from '../../images/smoke/registry.ts'

/** An id that no registry has given out. */
const NOBODYS_ID = 0x7fff_0000
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
    messages.push({ key: vehicle.vehicle_id, partition: vehicle.index % partitions, value: bytesOf(item.row, writer.write) })
    if (messages.length === REQUEST) await send()
  }
  if (messages.length > 0) await send()
  await producer.disconnect()
  return [...tableLines(data, 'vehicles')].join('')
}

/** What arrives broken depends on what broke: a line of the wrong format, a cut frame, a value; as in the KPI corrupt-input. */
function bytesOf(row: Row, write: (value: unknown) => Buffer): Buffer {
  const { reading, ingestMs, corrupt, damage } = row
  const record = readingValue(reading, ingestMs)
  const whole = write(record)
  switch (corrupt) {
    case null:
      return whole
    case 'truncated':
      return whole.subarray(0, whole.length - 1 - (damage % 20))
    case 'not-a-number':
      return write({ ...record, front_c: Number.NaN })
    case 'bad-time':
      return Buffer.from(ndjsonLine(row))
    case 'missing-field':
      return frame(NOBODYS_ID, whole.subarray(5))
    case 'garbled':
      return Buffer.concat([whole, Buffer.from('more')])
    default:
      return write({ ...record, vehicle_id: 'V-9999' })
  }
}
