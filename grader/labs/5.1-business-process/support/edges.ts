/** Values at the edge of a type, each in a column of its own among ordinary ones: a loader that errs by one is wrong in that column. */
import type { Random } from '../../../kpi/types.ts'
import { CELLS, type Cell } from './cells.ts'

/** What the column's other values are, the edge as the file spells it, and the type that the column must get. */
interface Edge {
  among: string
  edge: string
  type: string
  /** As PostgreSQL shows it, where that differs. */
  stored?: string
}

const EDGES: Record<string, Edge> = {
  'two to the 31st': { among: 'integer', edge: '2147483648', type: 'bigint' },
  'one below minus two to the 31st': { among: 'integer', edge: '-2147483649', type: 'bigint' },
  'two to the 63rd': { among: 'bigint', edge: '9223372036854775808', type: 'numeric' },
  'one below minus two to the 63rd': { among: 'bigint', edge: '-9223372036854775809', type: 'numeric' },
  'minus zero': { among: 'integer', edge: '-0', type: 'numeric', stored: '0' },
  'two zeros': { among: 'integer', edge: '00', type: 'text' },
  'a point and nothing after it': { among: 'numeric', edge: '7.', type: 'text' },
  'a point and nothing before it': { among: 'numeric', edge: '.7', type: 'text' },
  'February 29th 1900': { among: 'date', edge: '1900-02-29', type: 'text' },
  'February 29th 2000': { among: 'date', edge: '2000-02-29', type: 'date' },
  'day and month of one digit': { among: 'date', edge: '2026-7-1', type: 'text' },
  'six decimals of a second': {
    among: 'timestamptz',
    edge: '2026-01-01T00:00:00.000001Z',
    type: 'timestamptz',
    stored: '2026-01-01 00:00:00.000001+00',
  },
  'seven decimals of a second': { among: 'timestamptz', edge: '2026-01-01T00:00:00.1234567Z', type: 'text' },
  'a 60th second': { among: 'timestamptz', edge: '2026-01-01T00:00:60Z', type: 'text' },
  'a 24th hour': { among: 'timestamptz', edge: '2026-01-01T24:00:00Z', type: 'text' },
  'a zone of 14:59': { among: 'timestamptz', edge: '2026-01-01T14:59:00+14:59', type: 'timestamptz', stored: '2026-01-01 00:00:00+00' },
  'a zone of 15:00': { among: 'timestamptz', edge: '2026-01-01T00:00:00+15:00', type: 'text' },
  'a zone without a colon': { among: 'timestamptz', edge: '2026-01-01T00:00:00+0100', type: 'text' },
  'uuids in braces': { among: 'uuid', edge: '{3f2504e0-4f89-41d3-9a0c-0305e82c3301}', type: 'text' },
  'uuids without dashes': { among: 'uuid', edge: '3f2504e04f8941d39a0c0305e82c3301', type: 'text' },
}

/** One value of ten is the edge. */
const EVERY = 10

/** Column name → the type it must get and its values, row by row. */
export function edgeColumns(random: Random): Record<string, { type: string; make: (i: number) => Cell }> {
  const column = ({ among, edge, type, stored }: Edge) => ({
    type,
    make: (i: number): Cell => {
      const cell = i % EVERY === 0 ? { text: edge, stored: stored ?? edge } : CELLS[among]!(random)
      return type === 'text' ? { text: cell.text, stored: cell.text } : cell
    },
  })
  return Object.fromEntries(Object.entries(EDGES).map(([name, edge]) => [name, column(edge)]))
}
