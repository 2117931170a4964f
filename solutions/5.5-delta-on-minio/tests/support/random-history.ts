import * as fc from 'fast-check'
import { column, type DeltaTable, type Row } from '../../../../labs/5.5-delta-on-minio/src/delta/index.ts'

/** One step of a table's life. */
export type Step =
  | { readonly kind: 'append'; readonly rows: readonly { id: number; part: string | null; v: number }[] }
  | { readonly kind: 'merge'; readonly rows: readonly { id: number; part: string | null; v: number }[] }
  | { readonly kind: 'delete'; readonly below: number }
  | { readonly kind: 'deletePart'; readonly part: string }
  | { readonly kind: 'overwrite'; readonly rows: readonly { id: number; part: string | null; v: number }[] }
  | { readonly kind: 'optimize' | 'checkpoint' | 'vacuum' }

const part = fc.constantFrom('a', 'b/c=%41', null)
const row = fc.record({ id: fc.integer({ min: 0, max: 12 }), part, v: fc.integer({ min: -99, max: 99 }) })
const rows = fc.array(row, { maxLength: 5 })
const keyed = fc.uniqueArray(row, { maxLength: 4, selector: ({ id }) => id })

/** Random histories. */
export const HISTORY: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('append' as const), rows }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('merge' as const), rows: keyed }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), below: fc.integer({ min: -99, max: 99 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('deletePart' as const), part: fc.constantFrom('a', 'b/c=%41') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('overwrite' as const), rows }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('optimize' as const, 'checkpoint' as const, 'vacuum' as const) }) },
  ),
  { minLength: 1, maxLength: 25, size: 'max' },
)

export const COLUMNS = [column('id', 'long', false), column('part', 'string'), column('v', 'integer')]

/** Does a step on the table; returns the version after it. */
export async function perform(table: DeltaTable, step: Step): Promise<number> {
  switch (step.kind) {
    case 'append':
      return (await table.append(step.rows)).version
    case 'merge':
      return (await table.merge(step.rows, { on: ['id'] })).version
    case 'overwrite':
      return (await table.overwrite(step.rows)).version
    case 'delete':
      return (await table.delete([{ column: 'v', op: '<', value: step.below }])).version
    case 'deletePart':
      return (await table.delete([{ column: 'part', op: '=', value: step.part }])).version
    case 'optimize':
      return (await table.optimize()).version
    case 'checkpoint':
      await table.checkpoint()
      break
    case 'vacuum':
      await table.vacuum()
  }
  return (await table.latest()).version
}

/** The same on a plain list: the model. */
export function model(before: readonly Row[], step: Step): Row[] {
  const given = 'rows' in step ? step.rows.map(row => ({ ...row, id: BigInt(row.id) })) : []
  switch (step.kind) {
    case 'append':
      return [...before, ...given]
    case 'overwrite':
      return given
    case 'merge':
      return [
        ...before.map(row => ({ ...row, ...given.find(({ id }) => id === row['id']) })),
        ...given.filter(({ id }) => !before.some(row => row['id'] === id)),
      ]
    case 'delete':
      return before.filter(({ v }) => !(v !== null && (v as number) < step.below))
    case 'deletePart':
      return before.filter(row => row['part'] !== step.part)
    default:
      return [...before]
  }
}
