/**
 * Messages of logical decoding's `pgoutput`, protocol version 1
 * (https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html). Column values stay PostgreSQL's text.
 */

/** null: NULL; undefined: a large value that did not change and was not sent. */
export type Cell = string | null | undefined

export interface Relation {
  oid: number
  schema: string
  table: string
  /** d default, n nothing, f full, i index. */
  identity: string
  columns: { name: string; typeOid: number; typmod: number }[]
}

export type Message =
  | { kind: 'begin'; commitLsn: bigint; commitMicros: bigint; xid: number }
  | { kind: 'commit'; endLsn: bigint; commitLsn: bigint }
  | { kind: 'relation'; relation: Relation }
  | { kind: 'insert'; oid: number; after: Cell[] }
  | { kind: 'update'; oid: number; before: Cell[] | null; full: boolean; after: Cell[] }
  | { kind: 'delete'; oid: number; before: Cell[]; full: boolean }
  | { kind: 'truncate'; oids: number[] }
  | { kind: 'other' }

/** Microseconds from 1970 to 2000, where PostgreSQL's time begins. */
const EPOCH = 946_684_800_000_000n

class Reader {
  readonly #bytes: Buffer
  #at = 1
  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }
  int8 = () => this.#bytes.readUInt8(this.#take(1))
  int16 = () => this.#bytes.readInt16BE(this.#take(2))
  int32 = () => this.#bytes.readInt32BE(this.#take(4))
  uint32 = () => this.#bytes.readUInt32BE(this.#take(4))
  int64 = () => this.#bytes.readBigInt64BE(this.#take(8))
  uint64 = () => this.#bytes.readBigUInt64BE(this.#take(8))
  char = () => String.fromCharCode(this.int8())
  text = (length: number) => this.#bytes.toString('utf8', this.#at, (this.#at += length))
  cstring() {
    const end = this.#bytes.indexOf(0, this.#at)
    const text = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end + 1
    return text
  }
  tuple(): Cell[] {
    return Array.from({ length: this.int16() }, (): Cell => {
      const kind = this.char()
      if (kind === 'n') return null
      if (kind === 'u') return undefined
      return this.text(this.int32())
    })
  }
  #take(count: number): number {
    this.#at += count
    return this.#at - count
  }
}

/** Decodes one message. The buffer may be used again afterwards. */
export function decode(bytes: Buffer): Message {
  const read = new Reader(bytes)
  switch (String.fromCharCode(bytes[0] ?? 0)) {
    case 'B':
      return { kind: 'begin', commitLsn: read.uint64(), commitMicros: read.int64() + EPOCH, xid: read.uint32() }
    case 'C':
      read.int8()
      return { kind: 'commit', commitLsn: read.uint64(), endLsn: read.uint64() }
    case 'R': {
      const [oid, schema, table, identity] = [read.uint32(), read.cstring() || 'pg_catalog', read.cstring(), read.char()]
      const columns = Array.from({ length: read.int16() }, () => {
        read.int8()
        return { name: read.cstring(), typeOid: read.uint32(), typmod: read.int32() }
      })
      return { kind: 'relation', relation: { oid, schema, table, identity, columns } }
    }
    case 'I': {
      const oid = read.uint32()
      read.char()
      return { kind: 'insert', oid, after: read.tuple() }
    }
    case 'U': {
      const oid = read.uint32()
      const tag = read.char()
      if (tag === 'N') return { kind: 'update', oid, before: null, full: false, after: read.tuple() }
      const before = read.tuple()
      read.char()
      return { kind: 'update', oid, before, full: tag === 'O', after: read.tuple() }
    }
    case 'D': {
      const oid = read.uint32()
      const tag = read.char()
      return { kind: 'delete', oid, before: read.tuple(), full: tag === 'O' }
    }
    case 'T': {
      const count = read.uint32()
      read.int8()
      return { kind: 'truncate', oids: Array.from({ length: count }, () => read.uint32()) }
    }
    default:
      return { kind: 'other' } // Types, origins, logical messages: nothing that makes an event.
  }
}

/** "16/B374D848" ↔ a number. */
export const parseLsn = (text: string): bigint => {
  const [high = '0', low = '0'] = text.split('/')
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}

/** A log sequence number as PostgreSQL prints it, e.g. 16/B374D848. */
export const formatLsn = (lsn: bigint): string => `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`.toUpperCase()
