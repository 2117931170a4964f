import type pg from 'pg'
import { decode, formatLsn, type Message } from './pgoutput.ts'

/** One message and the place in the write-ahead log that it comes from. */
export interface Change {
  lsn: bigint
  message: Message
}

/** The parts of pg's client that its types leave out. */
interface Wire {
  stream: { pause(): void; resume(): void; destroy(): void }
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
}

/** Microseconds from 1970 to 2000. */
const EPOCH = 946_684_800_000_000n

/**
 * The streaming replication protocol (https://www.postgresql.org/docs/current/protocol-replication.html) on a connection of pg's: XLogData
 * and keepalives in, standby status updates out. Only what was confirmed is ever reported as flushed.
 */
export class ReplicationStream {
  /** Resolves with the error that ended it. */
  readonly ended: Promise<Error>
  readonly #client: pg.Client
  readonly #wire: Wire
  readonly #timer: NodeJS.Timeout
  #confirmed: bigint
  #received = 0n

  private constructor(client: pg.Client, ended: Promise<Error>, from: bigint, statusEvery: number) {
    this.#client = client
    this.#wire = (client as unknown as { connection: Wire }).connection
    this.ended = ended
    this.#confirmed = from
    this.#timer = setInterval(() => this.#report(), statusEvery)
  }

  /** Begins after `from` or after what the slot has confirmed, whichever is later. `take` must not keep the message's buffer. */
  static start(
    client: pg.Client,
    options: { slot: string; publication: string; from: bigint; statusEvery: number },
    take: (change: Change) => void,
  ): ReplicationStream {
    const end = Promise.withResolvers<Error>()
    const stream = new ReplicationStream(client, end.promise, options.from, options.statusEvery)
    const publication = options.publication.replaceAll("'", "''").replaceAll('"', '""')
    const sql = `START_REPLICATION SLOT "${options.slot}" LOGICAL ${formatLsn(options.from)} (proto_version '1', publication_names '"${publication}"')`
    client.once('end', () => end.resolve(new Error('the connection to the database was closed')))
    client.on('error', error => end.resolve(error))
    const query = {
      submit: () => stream.#wire.query(sql),
      handleCopyData: ({ chunk }: { chunk: Buffer }) => stream.#take(chunk, take),
      handleError: (error: Error) => end.resolve(error),
      handleReadyForQuery: () => end.resolve(new Error('the server ended the stream')),
    }
    const ignore = { handleRowDescription() {}, handleDataRow() {}, handleCommandComplete() {}, handleEmptyQuery() {}, handlePortalSuspended() {}, handleCopyInResponse() {} } // biome-ignore format: one line
    client.query({ ...query, ...ignore } as unknown as string)
    return stream
  }

  /** The end of what the server has sent so far. */
  get received(): bigint {
    return this.#received
  }

  /** Everything before `lsn` is safe elsewhere: the server may forget it. */
  confirm(lsn: bigint): void {
    if (lsn <= this.#confirmed) return
    this.#confirmed = lsn
    this.#report()
  }

  pause(): void {
    this.#wire.stream.pause()
  }

  resume(): void {
    this.#wire.stream.resume()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#client.end().catch(() => {})
  }

  #take(chunk: Buffer, take: (change: Change) => void): void {
    const tag = chunk[0]
    if (tag === 0x77) {
      // w: start of the data, end of the log, clock, data
      const lsn = chunk.readBigUInt64BE(1)
      if (lsn > this.#received) this.#received = lsn
      take({ lsn, message: decode(chunk.subarray(25)) })
    } else if (tag === 0x6b) {
      // k: end of the log, clock, reply wanted
      const end = chunk.readBigUInt64BE(1)
      if (end > this.#received) this.#received = end
      if (chunk[17] === 1) this.#report()
    }
  }

  /** r: written, flushed, applied, clock, no reply wanted. */
  #report(): void {
    const status = Buffer.alloc(34)
    status.write('r')
    if (this.#received < this.#confirmed) this.#received = this.#confirmed
    status.writeBigUInt64BE(this.#received, 1)
    status.writeBigUInt64BE(this.#confirmed, 9)
    status.writeBigUInt64BE(this.#confirmed, 17)
    status.writeBigInt64BE(BigInt(Date.now()) * 1000n - EPOCH, 25)
    this.#wire.sendCopyFromChunk(status)
  }
}
