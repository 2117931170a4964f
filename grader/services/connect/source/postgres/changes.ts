/** From messages of the stream to events. */
import type pg from 'pg'
import type { Settings } from '../../config/definition.ts'
import type { ConnectRecord } from '../../data/schema.ts'
import { event, type Origin, tombstone } from './envelope.ts'
import type { Cell, Message, Relation } from './pgoutput.ts'
import type { Change } from './replication.ts'
import { describeTable, isCaptured, rowOf, type Table } from './tables.ts'

/** Follows one stream: which relation has which shape, and which transaction is open. */
export class Changes {
  readonly #client: pg.Client
  readonly #settings: Settings
  readonly #relations = new Map<number, Relation>()
  readonly #tables = new Map<number, Table | null>()
  readonly #skipped: string[]
  readonly #placeholder: string
  #transaction: { xid: number; micros: bigint } | null = null
  #lastCommit: bigint | null = null

  /** `client` answers questions about the catalog. */
  constructor(client: pg.Client, settings: Settings) {
    this.#client = client
    this.#settings = settings
    this.#skipped = settings.list('skipped.operations')
    this.#placeholder = settings.text('unavailable.value.placeholder')
  }

  /** True between a transaction's begin and its commit. */
  get inTransaction(): boolean {
    return this.#transaction !== null
  }

  /** The events of one message, and after a commit the place up to which the log is done with. */
  async take({ lsn, message }: Change): Promise<{ records: ConnectRecord[]; committed?: bigint }> {
    switch (message.kind) {
      case 'begin':
        this.#transaction = { xid: message.xid, micros: message.commitMicros }
        return { records: [] }
      case 'commit':
        this.#transaction = null
        this.#lastCommit = message.endLsn
        return { records: [], committed: message.endLsn }
      case 'relation':
        // A relation message comes before the first change in each new shape.
        this.#relations.set(message.relation.oid, message.relation)
        this.#tables.delete(message.relation.oid)
        return { records: [] }
      case 'other':
        return { records: [] }
      case 'truncate': {
        const tables = await Promise.all(message.oids.map(oid => this.#table(oid)))
        const records = tables.flatMap(table => (table && !this.#skipped.includes('t') ? [event(table, 't', null, null, null, this.#origin(lsn))] : [])) // biome-ignore format: one line
        return { records }
      }
      default: {
        const table = await this.#table(message.oid)
        return { records: table ? this.#row(table, message, this.#origin(lsn)) : [] }
      }
    }
  }

  #row(table: Table, message: Extract<Message, { kind: 'insert' | 'update' | 'delete' }>, origin: Origin): ConnectRecord[] {
    const row = (cells: readonly Cell[], old?: readonly Cell[] | null) => rowOf(table.columns, cells, this.#placeholder, old)
    const keyOf = (cells: readonly Cell[], old?: readonly Cell[] | null) =>
      table.keySchema && rowOf(table.keyColumns, cells, this.#placeholder, old)
    const gone = (record: ConnectRecord) =>
      this.#settings.flag('tombstones.on.delete') && record.key ? [record, tombstone(record)] : [record]
    const skips = (op: string) => this.#skipped.includes(op)

    if (message.kind === 'insert') return skips('c') ? [] : [event(table, 'c', keyOf(message.after), null, row(message.after), origin)]
    if (message.kind === 'delete')
      return skips('d') ? [] : gone(event(table, 'd', keyOf(message.before), row(message.before), null, origin))
    const { before, full } = message
    const oldKey = before && keyOf(before)
    const newKey = keyOf(message.after, before)
    const after = row(message.after, before)
    // A changed key is another row to whoever goes by keys: the old one is deleted, the new one created.
    if (oldKey && newKey && table.keyColumns.some(({ field, index }) => before[index] !== undefined && String(oldKey[field]) !== String(newKey[field]))) // biome-ignore format: one line
      return skips('u') ? [] : [...gone(event(table, 'd', oldKey, row(before), null, origin)), event(table, 'c', newKey, null, after, origin)] // biome-ignore format: one line
    return skips('u') ? [] : [event(table, 'u', newKey, full && before ? row(before) : null, after, origin)]
  }

  async #table(oid: number): Promise<Table | null> {
    const known = this.#tables.get(oid)
    if (known !== undefined) return known
    const relation = this.#relations.get(oid)!
    const { schema, table } = relation
    const made = isCaptured(this.#settings, schema, table) ? await describeTable(this.#client, this.#settings, relation, relation) : null
    this.#tables.set(oid, made)
    return made
  }

  #origin(lsn: bigint): Origin {
    return {
      prefix: this.#settings.text('topic.prefix'),
      database: this.#settings.text('database.dbname'),
      lsn,
      lastCommitLsn: this.#lastCommit,
      txId: this.#transaction?.xid ?? null,
      micros: this.#transaction?.micros ?? 0n,
      snapshot: 'false',
    }
  }
}
