/** Random scripts for a rate limiter: who asks when for how much; and how a failing one is made small and shown. */
import type { Random } from '../kpi/types.ts'
import type { Algorithm, Limit } from './limits-oracle.ts'

/** Move the server's clock, perhaps change the limit, then perhaps ask. */
export interface Step {
  /** Microseconds; below 0 the clock steps back. */
  move: number
  /** 0: nobody asks. */
  cost: number
  /** From here on. */
  limit?: Limit
}

/** What happens to one tenant. */
export interface Script {
  /** Microseconds since the epoch. */
  start: bigint
  limit: Limit
  steps: Step[]
}

const MOVES = [
  1, 333, 999, 1_000, 99_999, 100_000, 200_000, 250_000, 500_000, 999_999, 1_000_000, 1_500_000, 10_000_000, 59_999_999, 3_600_000_000,
]

/** Clock moves that many scripts share, so that one pass over them runs all scripts. `back`: two of them step back. */
export function randomMoves(random: Random, count: number, back: boolean): number[] {
  const backAt = back ? [random.int(1, count - 1), random.int(1, count - 1)] : []
  return Array.from({ length: count }, (_, i) => {
    if (backAt.includes(i)) return -random.pick([1, 1000, 300_000, 2_000_000])
    return random.next() < 0.5 ? random.int(1, 400_000) : random.pick(MOVES)
  })
}

/** A limit that makes decisions interesting: small quotas, rates that do not divide evenly. */
export function randomLimit(random: Random, algorithm: Algorithm): Limit {
  if (algorithm === 'token-bucket')
    return {
      algorithm,
      capacity: random.pick([1, 2, 3, 5, 10, 100, 1_000_000]),
      refillPerSecond: random.pick([0.001, 0.3, 0.5, 1, 3, 7, 9.999, 33.333, 1000]),
    }
  return { algorithm, limit: random.pick([1, 2, 3, 5, 10, 100]), windowMs: random.pick([100, 250, 1000, 1500, 60_000]) }
}

/** Another limit for the same state. A rate only rises: what a lower one does to a key that is about to go is not specified. */
function changed(random: Random, limit: Limit): Limit {
  const other = randomLimit(random, limit.algorithm)
  if (limit.algorithm === 'token-bucket' && other.algorithm === 'token-bucket')
    return { ...other, refillPerSecond: Math.max(limit.refillPerSecond, other.refillPerSecond) }
  return limit.algorithm !== 'token-bucket' && other.algorithm !== 'token-bucket' ? { ...limit, limit: other.limit } : limit
}

/** One tenant's script over shared moves: at most moves it sleeps, at some it asks up to three times. */
export function randomScript(random: Random, algorithm: Algorithm, start: bigint, moves: readonly number[]): Script {
  const first = randomLimit(random, algorithm)
  const busy = random.pick([0.1, 0.3, 0.6])
  let limit = first
  const steps = moves.flatMap((move): Step[] => {
    if (random.next() > busy) return [{ move, cost: 0 }]
    const change = random.next() < 0.15
    if (change) limit = changed(random, limit)
    const most = Math.min(limit.algorithm === 'token-bucket' ? limit.capacity : limit.limit, 999)
    const cost = () => (random.next() < 0.5 ? 1 : random.int(1, most + 1))
    const more = Array.from({ length: random.pick([0, 0, 1, 2]) }, () => ({ move: 0, cost: cost() }))
    return [{ move, cost: cost(), ...(change ? { limit } : {}) }, ...more]
  })
  return { start, limit: first, steps }
}

/** Cut at a step, which becomes the last; leading moves without a question become part of the start. */
export function cutAt(script: Script, last: number): Script {
  const steps = script.steps.slice(0, last + 1)
  let start = script.start
  while (steps.length > 1 && steps[0]!.cost === 0 && !steps[0]!.limit) start += BigInt(steps.shift()!.move)
  return { ...script, start, steps }
}

/**
 * Make a failing script small: leave steps out, then make numbers plain. Greedy, until nothing helps or `fails` has been asked `budget` times.
 * @param fails runs a script; returns the index of the step that failed first, or null
 * @returns a script whose last step fails
 */
export async function shrink(script: Script, fails: (script: Script) => Promise<number | null>, budget = 200): Promise<Script> {
  let best = script
  let left = budget
  const attempt = async (candidate: Script): Promise<boolean> => {
    if (left-- <= 0) return false
    const at = await fails(candidate)
    if (at === null) return false
    best = cutAt(candidate, at)
    return true
  }
  for (let size = Math.ceil(best.steps.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = best.steps.length - size; at >= 0; at--)
      for (const candidate of without(best, at, size)) if (await attempt(candidate)) break
  for (let again = true; again && left > 0; ) {
    again = false
    for (const candidate of simpler(best)) if (await attempt(candidate)) again = true
    for (let at = best.steps.length - 2; at >= 0; at--)
      for (const candidate of without(best, at, 1)) if (await attempt(candidate)) again = true
  }
  return best
}

/** Without some steps: their time gone with them, or kept. */
function without(script: Script, at: number, size: number): Script[] {
  const { steps } = script
  if (at >= steps.length) return []
  const time = steps.slice(at, at + size).reduce((sum, step) => sum + step.move, 0)
  const after = steps.slice(at + size)
  const rest = (extra: number) => [
    ...steps.slice(0, at),
    ...after.map((step, i) => (i === 0 ? { ...step, move: step.move + extra } : step)),
  ]
  return [{ ...script, steps: rest(0) }, ...(time === 0 || after.length === 0 ? [] : [{ ...script, steps: rest(time) }])].filter(
    one => one.steps.length > 0,
  )
}

function* simpler(script: Script): Generator<Script> {
  const second = script.start - (script.start % 60_000_000n)
  if (second !== script.start) yield { ...script, start: second }
  for (const [i, step] of script.steps.entries()) {
    const put = (change: Partial<Step>) => ({
      ...script,
      steps: script.steps.map((other, j) => (j === i ? { ...other, ...change } : other)),
    })
    if (step.cost > 1) yield put({ cost: 1 })
    if (step.limit)
      yield { ...script, steps: script.steps.map(({ limit, ...other }, j) => (j === i || !limit ? other : { ...other, limit })) }
    if (step.move !== 0 && i === 0) yield put({ move: 0 })
    for (const unit of [1_000_000, 100_000, 1000]) if (step.move % unit !== 0) yield put({ move: Math.trunc(step.move / unit) * unit })
  }
  for (const plain of plainer(script.limit)) if (!script.steps.some(step => step.limit)) yield { ...script, limit: plain }
}

function plainer(limit: Limit): Limit[] {
  if (limit.algorithm !== 'token-bucket') return [1, 2, 3].filter(n => n < limit.limit).map(n => ({ ...limit, limit: n }))
  const small = [1, 2, 3].filter(n => n < limit.capacity).map(capacity => ({ ...limit, capacity }))
  return [...small, ...(limit.refillPerSecond === 1 ? [] : [{ ...limit, refillPerSecond: 1 }])]
}
