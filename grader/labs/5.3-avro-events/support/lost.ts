/** What a producer said is there, looked for after a broker was gone. */
import { framedReader, NotFramed } from '../../../experiments/framed.ts'
import { readTopic } from '../../../experiments/topic.ts'
import { eventually } from '../../../kpi/index.ts'
import { LearnerFault } from '../../../kpi/outcomes.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'

/**
 * Milliseconds: a partition has no leader for a moment, and a new leader shows records only when its followers have told it that they have them
 * (the high watermark, KIP-101). Nobody may call a record lost before.
 */
const SHOWN_WITHIN = 20_000

/** The lines that are in no record of the topic, by their `seq`. Waits for those that are late, where there are followers to wait for. */
export async function lostLines(
  { kafka, registry }: Pick<KpiFixtures, 'kafka' | 'registry'>,
  topic: string,
  sent: readonly { line?: number }[],
): Promise<number[]> {
  const read = framedReader(registry)
  const { brokers } = await kafka.admin.describeCluster()
  let lost: number[] | undefined
  const look = async () => {
    const there = new Set<unknown>()
    for (const { value } of await readTopic(kafka, topic)) there.add((await read(value).catch(notOurs)).value['seq'])
    lost = sent.flatMap(({ line }) => (line === undefined || there.has(line) ? [] : [line]))
    return lost.length === 0
  }
  if (brokers.length === 1) await look()
  else
    await eventually('what it said is there', look, { within: SHOWN_WITHIN, every: 500 }).catch(error => {
      if (lost === undefined) throw error
    })
  return lost ?? []
}

/** A record that is not framed is the producer's doing; anything else that goes wrong is not. */
function notOurs(error: unknown): never {
  if (!(error instanceof NotFramed)) throw error
  throw new LearnerFault({ subject: 'a record of the topic', expected: 'framed Avro', saw: error.message })
}
