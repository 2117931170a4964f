/** The second look at a row: is it one that the table can take? */
import type { RecordReader } from '../csv/records.ts'
import { isNull, kindOf, NULL, UUID } from '../csv/values.ts'
import { KeySet } from '../infer/key-set.ts'
import type { TablePlan } from '../infer/plan.ts'
import { malformed } from '../infer/scan.ts'
import { fits, misfits } from '../infer/types.ts'
import type { Reason } from '../types.ts'

export interface Verdict {
  reason: Reason
  column: string | null
}

/** Is the field a value that the set lacks? */
export function missesIn({ buffer, starts, ends, style }: RecordReader, column: number, values: KeySet, uuid: boolean): boolean {
  const from = starts[column]!
  const to = ends[column]!
  return !isNull(buffer, from, to, style[column]!) && !values.has(buffer, from, to, style[column]!, uuid)
}

/** Judges the rows of one file, in their order: of rows with the same key the first that is good stays. */
export class RowJudge {
  /** The keys of the rows that were taken. */
  readonly keys: KeySet
  private readonly plan: TablePlan
  private readonly parents: ReadonlyMap<string, KeySet>
  /** Columns that have misfits: no need to look at the others again. */
  private readonly doubtful: number[]
  /** The first pass saw every key, and none of its rows will be refused: nothing to look at again. */
  private readonly clean: boolean

  constructor(plan: TablePlan, parents: ReadonlyMap<string, KeySet>) {
    this.plan = plan
    this.parents = parents
    this.doubtful = plan.types.flatMap((type, i) => (misfits(plan.scan.kinds[i]!, type) > 0 ? [i] : []))
    const { key, scan, references } = plan
    const keyed = key === undefined || (scan.repeats.get(key) === 0 && scan.kinds[key]![NULL] === 0)
    this.clean = keyed && scan.malformed === 0 && this.doubtful.length === 0 && references.length === 0
    this.keys = (this.clean && key !== undefined && scan.values.get(key)) || new KeySet()
    scan.values.clear()
  }

  /** Undefined for a good row. */
  judge(reader: RecordReader, checkText: boolean): Verdict | undefined {
    if (this.clean) return
    const { plan } = this
    const { columns } = plan.file
    const broken = malformed(reader, columns.length, checkText)
    if (broken) return { reason: broken, column: null }
    const { buffer, starts, ends, style } = reader
    for (const i of this.doubtful) {
      if (isNull(buffer, starts[i]!, ends[i]!, style[i]!)) continue
      const type = plan.types[i]!
      if (type !== 'text' && !fits(kindOf(buffer, starts[i]!, ends[i]!), type)) return { reason: `not-${type}`, column: columns[i]! }
    }
    for (const { column, table } of plan.references) {
      const values = this.parents.get(table)!
      if (missesIn(reader, column, values, plan.types[column] === 'uuid')) return { reason: 'missing-reference', column: columns[column]! }
    }
    return this.judgeKey(reader)
  }

  private judgeKey({ buffer, starts, ends, style }: RecordReader): Verdict | undefined {
    const { key, types, file } = this.plan
    if (key === undefined) return
    const from = starts[key]!
    const to = ends[key]!
    if (isNull(buffer, from, to, style[key]!)) return { reason: 'missing-key', column: file.columns[key]! }
    const uuid = types[key] === 'uuid' && kindOf(buffer, from, to) === UUID
    if (!this.keys.add(buffer, from, to, style[key]!, uuid)) return { reason: 'duplicate-key', column: file.columns[key]! }
    return
  }
}
