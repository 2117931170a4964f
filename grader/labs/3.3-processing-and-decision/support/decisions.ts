/** The table of DECISIONS.md: each row is a small experiment with its outcome. */
import type { RuleName } from '../../../../datasets/index.ts'
import type { Cargo } from '../../../../datasets/world/vehicles.ts'
import { parseMarkdown } from '../../../experiments/documents/document.ts'
import { readTable } from '../../../experiments/documents/table.ts'
import { fail } from '../../../kpi/index.ts'
import { type Measured, MORNING } from './measured.ts'
import type { Truck } from './trucks.ts'

/** One part of a row's readings: so many seconds of one temperature (hundredths of a degree), or of nothing. */
interface Step {
  temperature: number | null
  seconds: number
}

export interface Decision {
  line: number
  rule: RuleName
  cargo: Cargo
  steps: Step[]
  /** Second at which the alert is due; null: none. */
  alert: number | null
}

const SECONDS_AT_MOST = 2000
const STEP = /^(?:(-?\d{1,2}(?:\.\d{1,2})?)\s*[×x*]\s*(\d{1,4})|pause\s+(\d{1,4}))$/i
const ALERT = /^(?:none|at\s+(\d{1,4}))$/i

const stepsOf = (cell: string): Step[] | null => {
  const steps = cell.split(',').map(text => {
    const [whole, temperature, count, pause] = STEP.exec(text.trim()) ?? []
    if (whole === undefined) return null
    return temperature === undefined
      ? { temperature: null, seconds: Number(pause) }
      : { temperature: Math.round(Number(temperature) * 100), seconds: Number(count) }
  })
  const all = steps.filter(step => step !== null)
  return all.length === steps.length && all.reduce((sum, { seconds }) => sum + seconds, 0) <= SECONDS_AT_MOST ? all : null
}

/** The rows. Throws a CodedError (MR-E-15x) with its line for what fits no contract. */
export function readDecisions(text: string): Decision[] {
  const rows = readTable(parseMarkdown('DECISIONS.md', text), [
    { name: 'rule', oneOf: ['threshold', 'rate-of-change', 'silence'] },
    { name: 'cargo', oneOf: ['vaccine', 'salmon', 'frozen'] },
    {
      name: 'readings',
      wanted: `steps like "5.00 × 30, pause 90", ${SECONDS_AT_MOST} seconds at most`,
      fits: cell => stepsOf(cell) !== null,
    },
    { name: 'alert', wanted: 'none, or "at" and a second', fits: cell => ALERT.test(cell) },
  ])
  return rows.map(({ line, cells }) => {
    const second = ALERT.exec(cells.alert)![1]
    return {
      line,
      rule: cells.rule as RuleName,
      cargo: cells.cargo as Cargo,
      steps: stepsOf(cells.readings)!,
      alert: second === undefined ? null : Number(second),
    }
  })
}

/** The readings of a row. */
export function readingsOf({ steps }: Decision, truck: Truck): Measured[] {
  const readings: Measured[] = []
  let second = 0
  for (const { temperature, seconds } of steps) {
    for (let i = 0; i < seconds; i++, second++)
      if (temperature !== null) readings.push({ truck, seq: readings.length + 1, at: MORNING + second, front: temperature, rear: null })
  }
  return readings
}

/** Two rows stand at an edge when they decide differently, and differ in one number by the least that there is: a second, or 0.01 °C. */
function edgeOf(a: Decision, b: Decision): 'time' | 'temperature' | null {
  if (a.rule !== b.rule || a.cargo !== b.cargo || a.steps.length !== b.steps.length || (a.alert === null) === (b.alert === null))
    return null
  const differs = a.steps.flatMap((step, i) => {
    const other = b.steps[i]!
    const seconds = Math.abs(step.seconds - other.seconds)
    if ((step.temperature === null) !== (other.temperature === null)) return ['far']
    const degrees = Math.abs((step.temperature ?? 0) - (other.temperature ?? 0))
    return [...(seconds === 0 ? [] : [seconds === 1 ? 'time' : 'far']), ...(degrees === 0 ? [] : [degrees === 1 ? 'temperature' : 'far'])]
  })
  return differs.length === 1 && differs[0] !== 'far' ? (differs[0] as 'time' | 'temperature') : null
}

const EDGES: [RuleName, 'time' | 'temperature'][] = [
  ['threshold', 'time'],
  ['threshold', 'temperature'],
  ['rate-of-change', 'time'],
  ['rate-of-change', 'temperature'],
  ['silence', 'time'],
]

/** Every edge of every rule is in the table, on both its sides. Fails with the first that is not. */
export function expectEdges(decisions: readonly Decision[]): void {
  for (const [rule, what] of EDGES) {
    const there = decisions.some((a, i) => decisions.slice(i + 1).some(b => a.rule === rule && edgeOf(a, b) === what))
    if (there) continue
    const least = what === 'time' ? 'one second' : '0.01 °C'
    fail({
      subject: `DECISIONS.md, the edge in ${what} of the rule ${rule}`,
      expected: `two rows that differ in one number, by ${least}: one alerts, the other does not`,
      saw: `no such pair among the ${decisions.filter(one => one.rule === rule).length} rows of this rule`,
    })
  }
}
