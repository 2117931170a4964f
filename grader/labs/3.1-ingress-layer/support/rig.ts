/** The ingress of the learner between what comes in and the topics it fills. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Dataset, tableLines } from '../../../../datasets/index.ts'
import { eventually } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program, StartOptions } from '../../../learner/types.ts'

type Given = Pick<KpiFixtures, 'learner' | 'kafka' | 'registry' | 'scratch'>

/** Milliseconds for what takes a moment on an idle machine. */
export const PATIENCE = 30_000

/** What an HTTP client got. */
export interface Reply {
  status: number
  headers: Headers
  body: { accepted?: number; rejected?: number }
}

/** One ingress with topics and folders of its own. */
export class Rig {
  readonly topic: string
  readonly rejectTopic: string
  readonly inbox: string
  readonly #given: Given
  readonly #state: string
  readonly #fleet: string
  #dropped = 0

  private constructor(given: Given) {
    this.#given = given
    const { topicPrefix } = given.kafka
    this.topic = `${topicPrefix}readings`
    this.rejectTopic = `${topicPrefix}rejected`
    this.inbox = join(given.scratch, 'inbox')
    this.#state = join(given.scratch, 'state')
    this.#fleet = join(given.scratch, 'fleet')
  }

  /** Topics (three partitions for readings), folders, and vehicles.csv of the data set. */
  static async open(given: Given, dataset: Dataset): Promise<Rig> {
    const rig = new Rig(given)
    for (const dir of [rig.inbox, rig.#state, rig.#fleet, join(given.scratch, 'outbox')]) mkdirSync(dir, { recursive: true })
    writeFileSync(join(rig.#fleet, 'vehicles.csv'), [...tableLines(dataset, 'vehicles')].join(''))
    await given.kafka.admin.createTopics({
      topics: [
        { topic: rig.topic, numPartitions: 3 },
        { topic: rig.rejectTopic, numPartitions: 1 },
      ],
    })
    return rig
  }

  /** Starts src/ingress.ts and waits until GET /ready answers 200. */
  start(env: Record<string, string> = {}, options: StartOptions = {}): Promise<Program> {
    const { learner, kafka, registry } = this.#given
    return learner.start('src/ingress.ts', {
      ready: { kind: 'http', path: '/ready' },
      readyWithin: PATIENCE,
      read: [this.#fleet],
      write: [this.inbox, this.#state],
      ...options,
      env: {
        KAFKA_BROKERS: kafka.brokers,
        REGISTRY_URL: registry.url,
        TOPIC: this.topic,
        REJECT_TOPIC: this.rejectTopic,
        INBOX: this.inbox,
        STATE_DIR: this.#state,
        FLEET: join(this.#fleet, 'vehicles.csv'),
        ...env,
      },
    })
  }

  /** A file in the inbox, all at once: written elsewhere and renamed, as its writers do. */
  drop(name: string, content: string): void {
    const beside = join(this.#given.scratch, 'outbox', String(this.#dropped++))
    writeFileSync(beside, content)
    renameSync(beside, join(this.inbox, name))
  }

  isDone(name: string): boolean {
    return existsSync(join(this.inbox, 'done', name)) && !existsSync(join(this.inbox, name))
  }

  /** Waits until a file is in `done`. */
  async done(name: string, within = PATIENCE): Promise<void> {
    await eventually(`${name} is in done/, and no more in the inbox`, () => this.isDone(name), { within })
  }
}

/** POST /readings. A connection that breaks rejects. */
export async function post(
  program: Program,
  body: string,
  { id = '', type = 'application/x-ndjson', signal = AbortSignal.timeout(PATIENCE) } = {},
): Promise<Reply> {
  const headers = { 'content-type': type, ...(id ? { 'x-request-id': id } : {}) }
  const response = await fetch(`${program.url}/readings`, { method: 'POST', headers, body, signal })
  const text = await response.text()
  let parsed: unknown = {}
  try {
    parsed = JSON.parse(text)
  } catch {
    // A body that is no JSON has no counts.
  }
  return { status: response.status, headers: response.headers, body: (parsed ?? {}) as Reply['body'] }
}
