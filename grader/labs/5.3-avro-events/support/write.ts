/** Messages that the grader puts on the topic itself: good ones, and each kind of bad one. */
import type { FramedWriter } from '../../../experiments/streams/writer.ts'
import type { KpiFixtures, Random } from '../../../kpi/types.ts'

export interface Written {
  partition: number
  offset: number
}

/** Sends values in order to one partition, acknowledged by all replicas; tells where each is. */
export async function write(
  { kafka }: Pick<KpiFixtures, 'kafka'>,
  topic: string,
  values: readonly (Buffer | null)[],
  partition = 0,
): Promise<Written[]> {
  const producer = kafka.client.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  try {
    const places: Written[] = []
    for (const value of values) {
      const [answer] = await producer.send({ topic, acks: -1, messages: [{ key: 'truck', value, partition }] })
      places.push({ partition, offset: Number(answer!.baseOffset) })
    }
    return places
  } finally {
    await producer.disconnect()
  }
}

/** The kinds of messages that are no reading, each from a good one; `n` counts through their forms. */
export function spoilers(foreign: FramedWriter, random: Random): Record<string, (good: Buffer, n: number) => Buffer | null> {
  return {
    unframed: (good, n) =>
      [null, Buffer.alloc(0), Buffer.from('{"vehicle_id":"V-1"}'), Buffer.from([0, 0, 0]), Buffer.concat([Buffer.from([1]), good.subarray(1)])][n % 5] ?? null, // biome-ignore format: one line
    'unknown-schema': good => {
      const other = Buffer.from(good)
      other.writeInt32BE(random.int(1_000_000, 2_000_000), 1)
      return other
    },
    'foreign-schema': () => foreign.write({ vehicle_id: 'V-1', plate: random.word(6) }),
    truncated: good => good.subarray(0, random.int(6, good.length - 1)),
    corrupt: (good, n) => {
      if (n % 2 === 0) return Buffer.concat([good, Buffer.from([random.int(0, 255)])])
      // The last field is a union: its branch is the last byte where it is null.
      const other = Buffer.from(good)
      other[other.length - 1] = 40
      return other
    },
  }
}
