import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { KafkaError } from '../protocol/errors.ts'
import { type Disk, replaceFile } from '../storage/disk.ts'

/** A topic as it is written down. */
export interface TopicRecord {
  name: string
  /** 32 hex digits. */
  id: string
  partitions: number
  configs: Record<string, string>
}

interface MetaFile {
  version: 1
  clusterId: string
  /** Counts starts. It serves as the leader epoch of all partitions: after a restart clients can tell that the log may have been cut. */
  epoch: number
  /** Producer ids below it may have been given out. */
  nextProducerId: number
  topics: TopicRecord[]
}

/** As in Kafka, ids are taken from the disk by the thousand, so that a restart cannot give one out twice. */
const PRODUCER_ID_BLOCK = 1000

/** Cluster id, epoch, topics: one small file, replaced atomically. What a controller quorum would hold. */
export class TopicStore {
  readonly #disk: Disk
  readonly #file: string
  #meta: MetaFile
  #writing: Promise<void> = Promise.resolve()
  #producerId = 0

  private constructor(disk: Disk, file: string, meta: MetaFile) {
    this.#disk = disk
    this.#file = file
    this.#meta = meta
    this.#producerId = meta.nextProducerId
  }

  /** Reads the file or starts a new cluster, and writes down the new epoch before anything can happen under it. */
  static async open(disk: Disk, directory: string): Promise<TopicStore> {
    disk.makeDirectory(directory)
    const file = path.join(directory, 'meta.json')
    const content = disk.readFile(file)
    const meta: MetaFile = content
      ? JSON.parse(content.toString())
      : {
          version: 1,
          clusterId: Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url'),
          epoch: -1,
          nextProducerId: 0,
          topics: [],
        }
    meta.epoch++
    const store = new TopicStore(disk, file, meta)
    await store.save()
    return store
  }

  get clusterId(): string {
    return this.#meta.clusterId
  }
  get epoch(): number {
    return this.#meta.epoch
  }
  get topics(): readonly TopicRecord[] {
    return this.#meta.topics
  }

  /** Changes the list of topics in memory; call {@link save} before answering. */
  replace(topics: TopicRecord[]): void {
    this.#meta.topics = topics
  }

  /** Resolves when the present state is on the device. Calls that come while a write is under way share the next one. */
  save(): Promise<void> {
    if (this.#queued) return this.#queued
    const run = this.#writing.then(() => {
      this.#queued = null
      return replaceFile(this.#disk, this.#file, JSON.stringify(this.#meta))
    })
    this.#queued = run
    this.#writing = run.catch(() => {})
    return run
  }
  #queued: Promise<void> | null = null

  /** A producer id that was never given out before. */
  async nextProducerId(): Promise<number> {
    while (this.#producerId >= this.#meta.nextProducerId || this.#reserving) {
      this.#reserving ??= this.#reserve()
      await this.#reserving
    }
    return this.#producerId++
  }
  #reserving: Promise<void> | null = null

  async #reserve(): Promise<void> {
    try {
      this.#meta.nextProducerId += PRODUCER_ID_BLOCK
      await this.save()
    } catch (error) {
      this.#meta.nextProducerId -= PRODUCER_ID_BLOCK
      throw new KafkaError('KAFKA_STORAGE_ERROR', String(error))
    } finally {
      this.#reserving = null
    }
  }
}
