import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Condition,
  type CreateOptions,
  DeltaTable,
  FileStore,
  type Row,
  type Snapshot,
  scan,
  type TableOptions,
} from '../../../../labs/5.5-delta-on-minio/src/delta/index.ts'

/** A fresh directory, removed by `remove`. */
export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'delta-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A fresh table on the local file system. */
export async function createTable(path: string, create: CreateOptions, options?: TableOptions): Promise<DeltaTable> {
  return await DeltaTable.create(new FileStore(path), create, options)
}

/** All rows of a table's newest version, or of a snapshot. */
export async function rowsOf(source: DeltaTable | Snapshot, where: readonly Condition[] = []): Promise<Row[]> {
  const rows = source instanceof DeltaTable ? source.rows({ where }) : scan(source, { where })
  return await Array.fromAsync(rows)
}

/** In the order of a column. */
export const sorted = (rows: Row[], by: string): Row[] => rows.toSorted((a, b) => (a[by]! < b[by]! ? -1 : a[by]! > b[by]! ? 1 : 0))
