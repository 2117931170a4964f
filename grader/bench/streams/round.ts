/** One round: a processor reads the whole topic from its beginning, as a group of its own, and is measured from outside. */
import { askDocker } from '../../engines/docker/client.ts'
import { committedBy, readTopic } from '../../experiments/topic.ts'
import type { TrialBroker } from '../../images/smoke/broker.ts'
import type { Trial } from '../../images/smoke/trial.ts'

/** Who is measured: a container, and how it is started. */
export interface Contender {
  image: string
  args: string[]
  command: string[]
}

/** What is the same for every round. */
export interface Setting {
  trial: Trial
  broker: TrialBroker
  topic: string
  /** Messages in the topic. */
  total: number
  env: Record<string, string>
}

/** Records a second, and what was written. */
export interface Round {
  /** From the first commit that is seen to the last. */
  whole: number
  /** Without the first quarter. */
  warm: number
  /** Alerts by id, rejects by origin: every byte of them. */
  written: Map<string, string>
}

const WITHIN = 15 * 60_000

/** Runs a contender from the first message to the commit of the last one. Throws when its container ends before. */
export async function round({ trial, broker, topic, total, env }: Setting, name: string, contender: Contender): Promise<Round> {
  const topics = { alerts: `${name}-alerts`, rejects: `${name}-rejects`, state: `${name}-state` }
  const compacted = [{ name: 'cleanup.policy', value: 'compact' }]
  await broker.admin.createTopics({
    topics: [{ topic: topics.alerts }, { topic: topics.rejects }, { topic: topics.state, configEntries: compacted }],
  })
  const container = await trial.start({
    ...contender,
    alias: name,
    memory: '768m',
    env: { ...env, GROUP_ID: name, ALERTS_TOPIC: topics.alerts, REJECTS_TOPIC: topics.rejects, STATE_TOPIC: topics.state },
  })
  const seen: { at: number; committed: number }[] = []
  const look = async () => {
    const committed = await committedBy(broker, name, topic)
    if (committed > (seen.at(-1)?.committed ?? 0)) seen.push({ at: performance.now(), committed })
    return committed >= total
  }
  await trial.until(`${name} has committed all ${total} messages`, look, WITHIN)
  await askDocker(['rm', '--force', '--volumes', container])
  const rate = (from: { at: number; committed: number }) => {
    const last = seen.at(-1)!
    return ((last.committed - from.committed) / (last.at - from.at)) * 1000
  }
  return {
    whole: rate(seen[0]!),
    warm: rate(seen.find(({ committed }) => committed >= total / 4)!),
    written: await writtenTo(broker, topics),
  }
}

/** What a repeated step writes again is the same, so it is there once. The frame's schema id is the registry's business. */
async function writtenTo({ admin, client }: TrialBroker, topics: { alerts: string; rejects: string }): Promise<Map<string, string>> {
  const read = (topic: string) => readTopic({ admin, client, topicPrefix: '' }, topic)
  const alerts = (await read(topics.alerts)).map(({ key, value }) => [`alert ${key}`, String(value?.toString('hex', 5))] as const)
  const rejects = (await read(topics.rejects)).map(
    ({ key, value, headers }) => [`reject ${headers['origin']}`, `${headers['reason']} ${key} ${value?.toString('hex')}`] as const,
  )
  return new Map([...alerts, ...rejects])
}
