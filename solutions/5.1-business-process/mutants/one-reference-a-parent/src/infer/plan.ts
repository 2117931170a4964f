/** From what was seen in the files to the tables: types, keys, and references that the names suggest. */
import type { CsvFile } from '../csv/file.ts'
import { NULL } from '../csv/values.ts'
import type { ExistingTable } from '../db/catalog.ts'
import type { ColumnType } from '../types.ts'
import type { Scan } from './scan.ts'
import { fewOf, typeOf, widened } from './types.ts'

export interface Reference {
  /** Index of the column that refers. */
  column: number
  table: string
  key: string
}

export interface TablePlan {
  file: CsvFile
  scan: Scan
  existing: ExistingTable | undefined
  types: ColumnType[]
  /** Index of the key column; undefined: the table has a column _row. */
  key: number | undefined
  references: Reference[]
}

const KEY_TYPES: readonly ColumnType[] = ['integer', 'bigint', 'uuid', 'text']

/** Types and key of one table. An existing table keeps its key and its families of types. */
export function planTable(file: CsvFile, scan: Scan, existing: ExistingTable | undefined): TablePlan {
  const types = file.columns.map((name, i) => (existing ? widened(existing.columns.get(name)!, scan.kinds[i]!) : typeOf(scan.kinds[i]!)))
  const key = existing ? keyOf(existing, file) : findKey(scan, types)
  return { file, scan, existing, types, key, references: [] }
}

/** The column of the file that is the existing table's key. */
export function keyOf(existing: ExistingTable, file: CsvFile): number | undefined {
  const at = file.columns.indexOf(existing.key)
  return at === -1 ? undefined : at
}

function findKey(scan: Scan, types: ColumnType[]): number | undefined {
  const { named } = scan
  if (named !== undefined) {
    const bad = scan.kinds[named]![NULL]! + scan.repeats.get(named)!
    return KEY_TYPES.includes(types[named]!) && fewOf(bad, scan.rows) ? named : undefined
  }
  return [...scan.values.keys()].sort((a, b) => a - b).find(column => KEY_TYPES.includes(types[column]!))
}

/** The names by which a column can refer to this table: its key's name; for a key named `id`, <table>_id and <table without s>_id. */
function referenceNames(table: string, key: string): string[] {
  if (key !== 'id') return [key]
  return [`${table}_id`, ...(table.endsWith('s') ? [`${table.slice(0, -1)}_id`] : [])]
}

/**
 * References that names and types suggest; whether the values bear them out is counted later, against the rows that are really there.
 * The longest name wins. No table refers to itself.
 */
export function suggestReferences(plan: TablePlan, all: readonly TablePlan[]): Reference[] {
  const found: Reference[] = []
  for (const [column, name] of plan.file.columns.entries()) {
    let best: (Reference & { length: number }) | undefined
    for (const other of all) {
      if (other === plan || other.key === undefined || other.types[other.key] !== plan.types[column]) continue
      const key = other.file.columns[other.key]!
      for (const wanted of referenceNames(other.file.table, key)) {
        if ((name === wanted || name.endsWith(`_${wanted}`)) && wanted.length > (best?.length ?? 0))
          best = { column, table: other.file.table, key, length: wanted.length }
      }
    }
    if (best && !found.some(other => other.table === best!.table)) found.push({ column: best.column, table: best.table, key: best.key })
  }
  return found
}

/** The tables in an order in which each comes after those it refers to; a reference that would close a ring is dropped. */
export function inOrder(plans: readonly TablePlan[]): TablePlan[] {
  const done: TablePlan[] = []
  const open = new Set<TablePlan>()
  const visit = (plan: TablePlan): void => {
    if (done.includes(plan)) return
    open.add(plan)
    plan.references = plan.references.filter(reference => {
      const parent = plans.find(other => other.file.table === reference.table)
      if (!parent) return true
      if (open.has(parent)) return false
      visit(parent)
      return true
    })
    open.delete(plan)
    done.push(plan)
  }
  for (const plan of plans) visit(plan)
  return done
}
