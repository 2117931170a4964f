/** What a producer said is there, looked for after a broker was gone. */
import { framedReader } from '../../../experiments/framed.ts'
import { readTopic } from '../../../experiments/topic.ts'
import { eventually } from '../../../kpi/index.ts'
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
    for (const { value } of await readTopic(kafka, topic)) there.add((await read(value)).value['seq'])
    lost = sent.flatMap(({ line }) => (line === undefined || there.has(line) ? [] : [line]))
    return lost.length === 0
  }
  await eventually('what it said is there', look, { within: brokers.length > 1 ? SHOWN_WITHIN : 0, every: 500 }).catch(error => {
    if (lost === undefined) throw error
  })
  return lost ?? []
}
