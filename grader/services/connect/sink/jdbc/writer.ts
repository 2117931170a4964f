/** Writes rows: one statement for many of them, each key once. */
import pg from 'pg'
import type { Settings } from '../../config/definition.ts'
import { FatalError } from '../../data/schema.ts'
import { columnType, type Row, type RowColumn } from './row.ts'

/** PostgreSQL takes 65,535 parameters a statement. */
const MOST_PARAMETERS = 60_000

const quoted = (name: string) => name.split('.').map(part => pg.escapeIdentifier(part)).join('.') // biome-ignore format: one line
const list = (columns: readonly RowColumn[]) => columns.map(({ name }) => pg.escapeIdentifier(name)).join(', ')

/** Writes rows to tables by the sink's insert mode; one transaction a batch. */
export class Writer {
  readonly #client: pg.Client
  readonly #settings: Settings
  readonly #known = new Map<string, Set<string>>()

  constructor(client: pg.Client, settings: Settings) {
    this.#client = client
    this.#settings = settings
  }

  /** All rows, in the open transaction. Rejects with the database's error. */
  async write(rows: readonly Row[]): Promise<void> {
    for (const [table, all] of Map.groupBy(rows, row => row.table)) {
      const last = this.#settings.text('insert.mode') === 'insert' ? all : lastOfEachKey(all)
      const deletes = last.filter(row => row.deletes)
      // Deleting comes first: in insert mode a key may be deleted and inserted again.
      if (this.#settings.text('insert.mode') === 'insert') for (const row of last) await this.#some(table, [row])
      else {
        await this.#some(table, deletes)
        for (const same of Map.groupBy(last.filter(row => !row.deletes), row => list([...row.key, ...row.columns])).values()) await this.#some(table, same) // biome-ignore format: one line
      }
    }
  }

  /** Rows of the same columns. */
  async #some(table: string, rows: Row[]): Promise<void> {
    const first = rows[0]
    if (!first) return
    const columns = [...first.key, ...first.columns]
    if (!first.deletes) await this.#ensure(table, first.key, columns)
    else if (!(await this.#columns(table))) return
    const step = Math.max(1, Math.floor(MOST_PARAMETERS / columns.length))
    for (let from = 0; from < rows.length; from += step) {
      const part = rows.slice(from, from + step)
      const values = part.flatMap(row => columns.map(({ name }) => row.values.get(name)))
      await this.#client.query(this.#sql(table, first, columns, part.length), values)
    }
  }

  #sql(table: string, { key, columns: others, deletes }: Row, columns: RowColumn[], count: number): string {
    const mode = this.#settings.text('insert.mode')
    const tuple = (row: number) => `(${columns.map((_, i) => `$${row * columns.length + i + 1}`).join(', ')})`
    const tuples = Array.from({ length: count }, (_, row) => tuple(row)).join(', ')
    if (deletes) return `DELETE FROM ${quoted(table)} WHERE (${list(key)}) IN (${tuples})`
    if (mode === 'update') {
      const typed = `SELECT ${list(columns)} FROM ${quoted(table)} WHERE false UNION ALL VALUES ${tuples}`
      const set = others.map(({ name }) => `${pg.escapeIdentifier(name)} = new.${pg.escapeIdentifier(name)}`).join(', ')
      const where = key.map(({ name }) => `old.${pg.escapeIdentifier(name)} = new.${pg.escapeIdentifier(name)}`).join(' AND ')
      return `UPDATE ${quoted(table)} AS old SET ${set} FROM (${typed}) AS new WHERE ${where}`
    }
    const insert = `INSERT INTO ${quoted(table)} (${list(columns)}) VALUES ${tuples}`
    if (mode !== 'upsert') return insert
    const set = others.map(({ name }) => `${pg.escapeIdentifier(name)} = EXCLUDED.${pg.escapeIdentifier(name)}`).join(', ')
    return `${insert} ON CONFLICT (${list(key)}) DO ${set ? `UPDATE SET ${set}` : 'NOTHING'}`
  }

  /** Makes the table and its columns as far as the configuration allows. @throws FatalError otherwise */
  async #ensure(table: string, key: RowColumn[], columns: RowColumn[]): Promise<void> {
    let there = await this.#columns(table)
    const define = ({ name, schema }: RowColumn) => `${pg.escapeIdentifier(name)} ${columnType(schema)}`
    if (!there) {
      if (!this.#settings.flag('auto.create')) throw new FatalError(`Table "${table}" is missing and auto-creation is disabled`)
      const primary = key.length > 0 ? `, PRIMARY KEY (${list(key)})` : ''
      const all = columns.map(column => `${define(column)}${column.schema.optional && !key.includes(column) ? '' : ' NOT NULL'}`)
      await this.#client.query(`CREATE TABLE IF NOT EXISTS ${quoted(table)} (${all.join(', ')}${primary})`)
      there = (await this.#columns(table, true))!
    }
    const missing = columns.filter(({ name }) => !there.has(name))
    if (missing.length === 0) return
    const names = missing.map(({ name }) => name).join(', ')
    if (!this.#settings.flag('auto.evolve')) throw new FatalError(`Table "${table}" is missing fields (${names}) and auto-evolution is disabled`) // biome-ignore format: one line
    const required = missing.find(({ schema }) => !schema.optional && schema.default === undefined)
    if (required) throw new FatalError(`Cannot ALTER TABLE "${table}" to add the missing field ${required.name}, as the field is not optional and does not have a default value`) // biome-ignore format: one line
    await this.#client.query(
      `ALTER TABLE ${quoted(table)} ${missing.map(column => `ADD COLUMN IF NOT EXISTS ${define(column)}`).join(', ')}`,
    )
    await this.#columns(table, true)
  }

  /** Names of the table's columns; undefined when there is no such table. */
  async #columns(table: string, again = false): Promise<Set<string> | undefined> {
    const known = this.#known.get(table)
    if (known && !again) return known
    const sql = 'SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped'
    const { rows } = await this.#client.query<{ attname: string }>(sql, [quoted(table)])
    if (rows.length === 0) return undefined
    const names = new Set(rows.map(row => row.attname))
    this.#known.set(table, names)
    return names
  }
}

/** What remains when of all rows with one key only the last counts. */
function lastOfEachKey(rows: readonly Row[]): Row[] {
  const last = new Map<string, Row>()
  for (const row of rows) {
    const key = JSON.stringify(row.key.map(({ name }) => String(row.values.get(name))))
    last.delete(key)
    last.set(key, row)
  }
  return [...last.values()]
}
