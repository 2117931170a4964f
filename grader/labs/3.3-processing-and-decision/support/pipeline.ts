/** The topics around a processor, the processor itself, and readings for it. */
import type { Alert } from '../../../../datasets/index.ts'
import { type Followed, follow } from '../../../experiments/streams/follow.ts'
import { READING_SCHEMA } from '../../../experiments/streams/reading.ts'
import { type FramedWriter, framedWriter } from '../../../experiments/streams/writer.ts'
import { committedBy } from '../../../experiments/topic.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program } from '../../../learner/types.ts'
import { type Measured, MORNING, RULES, truth } from './measured.ts'
import { type Truck, truck, writeFleet } from './trucks.ts'

type Fixtures = Pick<KpiFixtures, 'learner' | 'kafka' | 'registry' | 'scratch' | 'cleanup'>

/** Topics of one KPI, by what is in them. */
export interface Topics {
  readings: string
  alerts: string
  rejects: string
  state: string
}

/** Messages a request. */
const REQUEST = 1000
/** Numbers of the trucks that only mark the end, two a partition and call of `finish`, and how many such calls there may be. */
const [MARKS, CALLS] = [9000, 3]

export interface Pipeline {
  topics: Topics
  writer: FramedWriter
  alerts: Followed
  rejects: Followed
  /** In which partition a truck's readings are. */
  partitionOf(truck: Truck): number
  /** Starts the processor; it is ready when it has joined its group. */
  start(env?: Record<string, string>): Promise<Program>
  /** How many messages of the topic of readings the processor's group has done with. */
  committed(): Promise<number>
  /** True when the group has committed every message that was put into the topic of readings here. */
  allRead(): Promise<boolean>
  /** Puts messages into the topic of readings, in this order within each partition. */
  produce(messages: readonly { partition: number; key: string | null; value: Buffer | null }[]): Promise<void>
  /** A reading as a message's value; what no rule looks at is the same in all. */
  recordOf: typeof recordOf
  /** Puts readings into the topic, in this order. */
  send(readings: readonly Measured[]): Promise<void>
  /**
   * Lets event time pass, in every partition, beyond all that was sent: marking trucks raise an alert of each rule there.
   * @returns the readings that count (for the truth), the alerts of the marks, which come last, and the readings that only push the watermark:
   * they count when more is sent later
   */
  finish(sent: readonly Measured[]): Promise<{ marks: Measured[]; last: Alert[]; beyond: Measured[] }>
}

/**
 * @param options.lateness seconds of MAX_LATENESS_SECONDS
 * @param options.place partition of a truck; default: by its index
 */
export async function pipeline(
  { learner, kafka, registry, scratch, cleanup }: Fixtures,
  options: { trucks: readonly Truck[]; partitions?: number; lateness: number; place?: (truck: Truck) => number },
): Promise<Pipeline> {
  const { partitions = 3, lateness } = options
  const name = (what: string) => `${kafka.topicPrefix}${what}`
  const topics = { readings: name('readings'), alerts: name('alerts'), rejects: name('rejects'), state: name('state') }
  const compacted = [{ name: 'cleanup.policy', value: 'compact' }]
  await kafka.admin.createTopics({
    topics: [
      { topic: topics.readings, numPartitions: partitions },
      { topic: topics.alerts, numPartitions: 1 },
      { topic: topics.rejects, numPartitions: 1 },
      { topic: topics.state, numPartitions: 1, configEntries: compacted },
    ],
  })
  const writer = await framedWriter(registry, `${topics.readings}-value`, READING_SCHEMA)
  const producer = kafka.client.producer({ maxInFlightRequests: 1 })
  await producer.connect()
  cleanup(() => producer.disconnect())
  const alerts = await follow(kafka, topics.alerts)
  const rejects = await follow(kafka, topics.rejects)
  cleanup(() => Promise.all([alerts.close(), rejects.close()]))
  const pairs = Array.from({ length: partitions * CALLS }, (_, i) => [truck(MARKS + 2 * i), truck(MARKS + 2 * i + 1)] as const)
  let used = 0
  const vehicles = writeFleet(scratch, [...options.trucks, ...pairs.flat()])
  const place = options.place ?? (({ index }: Truck) => index % partitions)
  const partitionOf = (one: Truck) => (one.index >= MARKS ? Math.floor((one.index - MARKS) / 2) % partitions : place(one))

  let produced = 0
  const produce: Pipeline['produce'] = async messages => {
    produced += messages.length
    for (let from = 0; from < messages.length; from += REQUEST)
      await producer.send({ topic: topics.readings, acks: -1, messages: messages.slice(from, from + REQUEST) })
  }
  const send = (readings: readonly Measured[]) =>
    produce(readings.map(one => ({ partition: partitionOf(one.truck), key: one.truck.vehicle_id, value: writer.write(recordOf(one)) })))

  const committed = () => committedBy(kafka, name('processor'), topics.readings)

  return {
    ...{ topics, writer, alerts, rejects, partitionOf, produce, recordOf, send },
    start: env =>
      learner.start('src/processor.ts', {
        name: 'processor',
        ready: { kind: 'log', match: /^ready\b/ },
        readyWithin: 30_000,
        read: [scratch],
        env: {
          KAFKA_BROKERS: kafka.brokers,
          REGISTRY_URL: registry.url,
          GROUP_ID: name('processor'),
          READINGS_TOPIC: topics.readings,
          ALERTS_TOPIC: topics.alerts,
          REJECTS_TOPIC: topics.rejects,
          STATE_TOPIC: topics.state,
          VEHICLES_CSV: vehicles,
          MAX_LATENESS_SECONDS: String(lateness),
          IDLE_MS: '60000',
          SESSION_MS: '3000',
          ...env,
        },
      }),
    committed,
    allRead: async () => (await committed()) >= produced,
    async finish(sent) {
      const { graceSeconds, silenceSeconds } = RULES
      const end = sent.reduce((latest, { at }) => Math.max(latest, at), 0) + silenceSeconds + 2
      const marks = pairs.slice(used, (used += partitions))
      const counted = marks.flatMap(([jumps, hushes]) => [
        mark(hushes, end - silenceSeconds - 1, 500),
        mark(jumps, end - graceSeconds - 10, 900),
        mark(jumps, end - 10, 900),
        mark(jumps, end, 1500),
      ])
      const beyond = marks.map(([jumps]) => mark(jumps, end + lateness, 1500))
      await send([...counted, ...beyond])
      return { marks: counted, last: truth(counted), beyond }
    },
  }
}

const mark = (one: Truck, at: number, front: number): Measured => ({ truck: one, seq: at - MORNING, at, front, rear: null })

const recordOf = ({ truck: { vehicle_id }, seq, at, front, rear }: Measured) => ({
  ...{ vehicle_id, seq, event_time: at * 1000, ingest_time: at * 1000 + 250, latitude: 59.91, longitude: 10.75, speed_kmh: 0 },
  ...{ front_c: front / 100, front_open: false, rear_c: rear === null ? null : rear / 100, rear_open: rear === null ? null : false },
})
