/** What a consumer has published to the reject topic. */
import { readTopic } from '../../../experiments/topic.ts'
import { fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import { type Bench, oncePerPlace } from './bench.ts'

/** A rejected record, as the contract has it. */
export interface SetAside {
  reason: string
  topic: string
  partition: number
  offset: number
  value: string | null
}

/** Each record once. @throws KpiFailure for what is no JSON object */
export async function setAside({ kafka }: Pick<KpiFixtures, 'kafka'>, bench: Bench): Promise<SetAside[]> {
  const all = (await readTopic(kafka, bench.rejectTopic)).map(({ value }) => {
    try {
      return JSON.parse(String(value)) as SetAside
    } catch {
      return fail({ subject: 'a record on the reject topic', expected: 'a JSON object', saw: String(value).slice(0, 100) })
    }
  })
  return oncePerPlace(all)
}

/** "3 were set aside (undecodable)", for failures in which readings are missing. */
export async function asideWords(given: Pick<KpiFixtures, 'kafka'>, bench: Bench): Promise<string> {
  const all = await setAside(given, bench)
  return all.length === 0
    ? 'none was set aside'
    : `${all.length} were set aside (${[...new Set(all.map(({ reason }) => reason))].join(', ')})`
}
