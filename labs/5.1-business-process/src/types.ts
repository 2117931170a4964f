/** What the parts of the loader agree on. Given: not yours to change. */

/** The PostgreSQL types a column can get, as they are written in CREATE TABLE. */
export type ColumnType = 'integer' | 'bigint' | 'numeric' | 'boolean' | 'date' | 'timestamptz' | 'uuid' | 'text'

/** What became of the rows of one file: `read` is the sum of the other four. */
export interface TableReport {
  /** Rows of the file, bad ones included; the header and empty lines are none. */
  read: number
  /** Rows whose key the table did not have. */
  added: number
  /** Rows whose key the table had, with other values. */
  updated: number
  /** Rows that the table had exactly so. */
  unchanged: number
  /** Rows set aside in rejected_rows. */
  rejected: number
}

/** What src/load.ts prints, by table. */
export interface LoadReport {
  tables: Record<string, TableReport>
}

/** Why a row is set aside: the column `reason` of rejected_rows. */
export type Reason =
  | 'bad-quote'
  | 'bad-encoding'
  | 'field-count'
  | `not-${Exclude<ColumnType, 'text'>}`
  | 'missing-key'
  | 'duplicate-key'
  | 'missing-reference'

/** Input that no row can be saved from; exit code 2. The message names the file and what to do. */
export class UnusableInput extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UnusableInput'
  }
}
