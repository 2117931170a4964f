/** One lake of a KPI: topic, bucket, processor, and both tables as an independent reader sees them. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import type { Producer } from 'kafkajs'
import { makeTopics } from '../../../experiments/topic.ts'
import { eventually, expect, fail, KpiFailure } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program } from '../../../learner/types.ts'
import { DeltaLog, type DeltaRow } from './delta-log.ts'
import { type Change, eventOf, type ShipmentRow } from './world.ts'

type Parts = Pick<KpiFixtures, 'learner' | 'kafka' | 'registry' | 'objectStore' | 'scratch' | 'cleanup'>

export interface LakeOptions {
  partitions?: number
  maxRecords?: number
  compactEvery?: number
}

/** Where a message lies. */
interface Sent {
  partition: number
  offset: number
  change: Change | null
}

/** A lake: `open` makes topic and bucket; `expect…` wait until the batches are done, then look once. */
export class Lake {
  readonly options: Required<LakeOptions>
  readonly bucket: string
  readonly topic: string
  readonly checkpointDir: string
  readonly shipments: DeltaLog
  readonly changes: DeltaLog
  readonly sent: Sent[] = []
  readonly #parts: Parts
  readonly #producer: Producer

  private constructor(parts: Parts, options: LakeOptions, producer: Producer) {
    this.options = { partitions: 1, maxRecords: 100, compactEvery: 1000, ...options }
    this.#parts = parts
    this.#producer = producer
    this.bucket = `${parts.objectStore.bucketPrefix}lake`
    this.topic = `${parts.kafka.topicPrefix}shipments`
    this.checkpointDir = join(parts.scratch, 'checkpoint')
    this.shipments = new DeltaLog(parts.objectStore.admin, this.bucket, 'shipments')
    this.changes = new DeltaLog(parts.objectStore.admin, this.bucket, 'changes')
  }

  /** Makes the topic, the bucket and an empty folder for checkpoints. */
  static async open(parts: Parts, options: LakeOptions = {}): Promise<Lake> {
    const producer = parts.kafka.client.producer({ allowAutoTopicCreation: false })
    await producer.connect()
    parts.cleanup(() => producer.disconnect())
    const lake = new Lake(parts, options, producer)
    mkdirSync(lake.checkpointDir, { recursive: true })
    await makeTopics(parts.kafka, { [lake.topic]: lake.options.partitions })
    await parts.objectStore.admin.send(new CreateBucketCommand({ Bucket: lake.bucket }))
    return lake
  }

  /** Sends changes in this order, a shipment's always to the same partition; after each deletion comes its tombstone. */
  async send(changes: readonly Change[]): Promise<void> {
    const messages = changes.flatMap(change => {
      const partition = Number.parseInt(change.id.slice(-6), 16) % this.options.partitions
      const key = JSON.stringify({ shipment_id: change.id })
      const event = { partition, key, value: JSON.stringify(eventOf(change)), change }
      return change.op === 'd' ? [event, { partition, key, value: null, change: null }] : [event]
    })
    for (let i = 0; i < messages.length; i += 500) {
      const part = messages.slice(i, i + 500)
      await this.#producer.send({ topic: this.topic, acks: -1, messages: part.map(({ change: _, ...message }) => message) })
      for (const { partition, change } of part) this.sent.push({ partition, change, offset: this.sent.filter(sent => sent.partition === partition).length }) // biome-ignore format: one line
    }
  }

  env(endpoint = this.#parts.objectStore.url): Record<string, string> {
    const { kafka, registry, objectStore } = this.#parts
    return {
      KAFKA_BROKERS: kafka.brokers,
      CHANGES_TOPIC: this.topic,
      REGISTRY_URL: registry.url,
      GROUP_ID: `${kafka.topicPrefix}lake`,
      APP_ID: 'shipments-to-lake',
      CHECKPOINT_DIR: this.checkpointDir,
      MAX_RECORDS: String(this.options.maxRecords),
      COMPACT_EVERY: String(this.options.compactEvery),
      S3_ENDPOINT: endpoint,
      AWS_ACCESS_KEY_ID: objectStore.accessKey,
      AWS_SECRET_ACCESS_KEY: objectStore.secretKey,
      BUCKET: this.bucket,
    }
  }

  /** Starts src/processor.ts; its checkpoint is what the last one left. `endpoint`: what stands in the store's place. */
  start(endpoint?: string): Promise<Program> {
    const limits = { cpuSeconds: 180, memoryMb: 384 }
    return this.#parts.learner.start('src/processor.ts', {
      ready: { kind: 'none' },
      write: [this.checkpointDir],
      env: this.env(endpoint),
      limits,
    })
  }

  /** Waits until all batches are done; then `shipments` must be exactly the truth. */
  expectShipments(truth: ReadonlyMap<string, ShipmentRow>, program?: () => Program, within = 30_000): Promise<void> {
    return this.#until('the table shipments', within, program, () => this.judgeShipments(truth))
  }

  /** Waits until all batches are done; then `changes` must have each message that was sent once. */
  expectChanges(program?: () => Program, within = 30_000): Promise<void> {
    return this.#until('the table changes', within, program, () => this.judgeChanges())
  }

  /** Holds `shipments` against the truth; the failure shows the first row that is missing, too many, doubled or different. */
  async judgeShipments(truth: ReadonlyMap<string, ShipmentRow>): Promise<void> {
    compare(await this.shipments.rows(await existing(this.shipments, 'shipments')), truth, 'shipments')
  }

  /** Holds `changes` against the messages that were sent. */
  async judgeChanges(): Promise<void> {
    const rows = await this.changes.rows(await existing(this.changes, 'changes'))
    const due = this.sent.flatMap(({ partition, offset, change }) => (change ? [[`${partition}/${offset}`, change] as const] : []))
    const times = Map.groupBy(rows, row => `${row['kafka_partition']}/${row['kafka_offset']}`)
    const twice = [...times].find(([, same]) => same.length > 1)
    if (twice)
      fail({
        subject: 'rows of changes for one message',
        expected: '1',
        saw: `${twice[1].length} for the one at partition/offset ${twice[0]}`,
      })
    const missing = due.find(([at]) => !times.has(at))
    if (missing) fail({ subject: 'rows of changes', expected: `${due.length}`, saw: `${rows.length}; the message at partition/offset ${missing[0]} is missing` }) // biome-ignore format: one line
    expect(rows.length, 'rows of changes').toBe(due.length)
    for (const [at, change] of due) {
      const row = times.get(at)![0]!
      const wanted = { op: change.op, shipment_id: change.id, lsn: change.lsn, status: change.after?.['status'] ?? null, changed_at: new Date(change.at).toISOString() } // biome-ignore format: one line
      for (const [name, value] of Object.entries(wanted)) if (row[name] !== value) fail({ subject: `${name} in changes, message ${at}`, expected: String(value), saw: String(row[name]) }) // biome-ignore format: one line
    }
  }

  /** Waits until every message that was sent is in a batch that is done (src/batches.ts, which is given, notes it), then looks once. */
  async #until(what: string, within: number, program: (() => Program) | undefined, look: () => Promise<void>): Promise<void> {
    const ended = () => program !== undefined && !program().running
    const done = await eventually('all batches are done', () => this.#isDone() || ended(), { within }).then(() => this.#isDone(), () => false) // biome-ignore format: one line
    try {
      await look()
    } catch (error) {
      if (!(error instanceof KpiFailure) || done) throw error
      const when = ended() ? 'when src/processor.ts had ended' : `after ${within / 1000} s, with batches still to do`
      throw new KpiFailure({ ...error.feedback, subject: `${error.feedback.subject ?? what}, ${when}` })
    }
  }

  #isDone(): boolean {
    const next = doneOffsets(join(this.checkpointDir, 'done.json'))
    return this.sent.every(({ partition, offset }) => (next[partition] ?? 0) > offset)
  }
}

/** Next offsets by partition. */
function doneOffsets(file: string): Record<number, number> {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { next: Record<number, number> }).next
  } catch {
    return {} // no batch is done yet
  }
}

async function existing(log: DeltaLog, name: string): Promise<number> {
  const version = await log.newest()
  if (version < 0) fail({ subject: `the Delta table ${name}`, expected: 'a log in the bucket', saw: 'none' })
  return version
}

/** Holds rows against the truth. */
export function compare(rows: readonly DeltaRow[], truth: ReadonlyMap<string, ShipmentRow>, where: string): void {
  const seen = new Map<string, DeltaRow>()
  for (const row of rows) {
    const id = String(row['shipment_id'])
    if (seen.has(id)) fail({ subject: `rows of ${where} for one shipment`, expected: '1', saw: `2 or more for ${id}` })
    seen.set(id, row)
  }
  for (const [id, row] of seen) {
    const due = truth.get(id)
    if (!due)
      fail({ subject: `${where}, shipment ${id}`, expected: 'no row: it was deleted, or never there', saw: `status ${row['status']}` })
    for (const [name, value] of Object.entries(due))
      if (row[name] !== value && !(row[name] === undefined && value === null)) fail({ subject: `${where}, ${name} of shipment ${id}`, expected: JSON.stringify(value), saw: JSON.stringify(row[name]) ?? 'no such column' }) // biome-ignore format: one line
  }
  const missing = [...truth.keys()].find(id => !seen.has(id))
  if (missing) fail({ subject: `rows of ${where}`, expected: `${truth.size}`, saw: `${seen.size}; shipment ${missing} is missing` })
}
