/** Plays scripts (asks, idle times, clock steps, limit changes) on the learner's Lua and holds every answer against the oracle. */
import { type Limit, limitsOracle, type Verdict } from '../../../experiments/limits-oracle.ts'
import type { Script, Step } from '../../../experiments/limits-scripts.ts'
import { fail } from '../../../kpi/index.ts'
import type { Lua } from './lua.ts'
import type { LimiterTime } from './time.ts'
import { allowDeny, columns, limitWords, time, words } from './words.ts'

/** Which parts of an answer are judged: the decision, what a client is told, or also the time at which it was judged. */
export type Judged = 'allowed' | 'told' | 'all'

/** One question of a script and its two answers. */
export interface Played {
  index: number
  /** Microseconds since the script's start. */
  at: bigint
  limit: Limit
  cost: number
  expected: Verdict
  saw: Verdict
  ok: boolean
}

const equal = (a: Verdict, b: Verdict): boolean =>
  a.allowed === b.allowed && a.remaining === b.remaining && a.retryAfter === b.retryAfter && a.reset === b.reset

/** One tenant: its key, its oracle, and what is known about how long the server may have kept its state. */
class Tenant {
  readonly script: Script
  readonly key: string
  readonly played: Played[] = []
  limit: Limit
  private readonly oracle = limitsOracle()
  private last = 0n
  private clock = 0n
  private furthest = 0n
  private mayBeGone = 0n
  private surelyGone = 0n
  private began: bigint | undefined

  constructor(script: Script, key: string) {
    this.script = script
    this.key = key
    this.limit = script.limit
  }

  /** The clock is at `now`. */
  see(now: bigint): void {
    this.began ??= now
    this.clock = now
    if (now > this.furthest) this.furthest = now
  }

  /** Where the clock has stepped back over the moment at which the state may be forgotten, both answers are right: nobody asks. */
  decided(): boolean {
    return this.furthest < this.mayBeGone || this.clock >= this.surelyGone
  }

  judge(asked: { index: number; cost: number; limit: Limit }, saw: Verdict, before: bigint, after: bigint, judged: Judged): boolean {
    const { index, cost, limit } = asked
    // A clock that runs: the script says when it judged, and that must lie between our sending and receiving.
    const honest = (saw.now >= before && saw.now <= after) || (saw.now === this.last && this.last > before)
    const clock = honest ? saw.now : before
    const expected = this.oracle.decide(limit, cost, clock)
    if (expected.allowed) {
      this.last = expected.now
      this.furthest = this.clock
      this.mayBeGone = before + expected.reset
      this.surelyGone = expected.now + expected.reset
    }
    const same =
      judged === 'allowed' ? saw.allowed === expected.allowed : equal(saw, expected) && (judged === 'told' || saw.now === expected.now)
    this.played.push({ index, at: clock - this.began!, limit, cost, expected, saw, ok: same })
    return same
  }
}

export interface PlayOptions {
  judged?: Judged
  /** Go on after a wrong answer, to show the whole row of answers. */
  goOn?: boolean
}

/** Play one script under one key. */
export const play = async (lua: Lua, clock: LimiterTime, script: Script, key: string, options?: PlayOptions): Promise<Played[]> =>
  (await playAll(lua, clock, [script], () => key, options))[0]!

/**
 * Play scripts that share their clock moves at once, each as a tenant of its own; a tenant stops at its first wrong answer.
 * @returns per script what was asked and answered
 */
export async function playAll(
  lua: Lua,
  clock: LimiterTime,
  scripts: readonly Script[],
  keys: (n: number) => string,
  options: PlayOptions = {},
): Promise<Played[][]> {
  const { judged = 'all', goOn = false } = options
  const tenants = scripts.map((script, n) => new Tenant(script, keys(n)))
  const turns = scripts.map(script => rounds(script))
  const wrong = new Set<Tenant>()
  await clock.start(scripts[0]!.start)
  for (let turn = 0; turn < Math.max(...turns.map(of => of.length)); turn++) {
    const now = await clock.move(turns[0]![turn]!.move)
    const asks: { tenant: Tenant; index: number; cost: number; limit: Limit }[] = []
    for (const [n, tenant] of tenants.entries()) {
      if (wrong.has(tenant)) continue
      tenant.see(now)
      for (const { index, step } of turns[n]![turn]?.steps ?? []) {
        if (step.limit) tenant.limit = step.limit
        if (step.cost > 0 && tenant.decided()) asks.push({ tenant, index, cost: step.cost, limit: tenant.limit })
      }
    }
    if (asks.length === 0) continue
    const { before, after, verdicts } = await lua.ask(asks.map(({ tenant, limit, cost }) => ({ key: tenant.key, limit, cost })))
    for (const [i, ask] of asks.entries())
      if (!wrong.has(ask.tenant) && !ask.tenant.judge(ask, verdicts[i]!, before, after, judged) && !goOn) wrong.add(ask.tenant)
  }
  return tenants.map(tenant => tenant.played)
}

/** Steps between two clock moves belong together. */
function rounds(script: Script): { move: number; steps: { index: number; step: Step }[] }[] {
  const out: { move: number; steps: { index: number; step: Step }[] }[] = []
  for (const [index, step] of script.steps.entries()) {
    if (index === 0 || step.move !== 0) out.push({ move: step.move, steps: [] })
    out.at(-1)!.steps.push({ index, step })
  }
  return out
}

const offset = (at: bigint): string => `${at < 0n ? '' : '+'}${time(at)}`

/** The played steps as a table: when, the limit where it changes, the cost, expected and seen; the wrong one is marked. */
export function table(played: readonly Played[], judged: Judged = 'all'): string[] {
  const say = (verdict: Verdict) => (judged === 'allowed' ? allowDeny(verdict) : words(verdict))
  const early = (saw: Verdict, expected: Verdict) =>
    judged === 'all' && saw.now !== expected.now
      ? `, judged ${time(saw.now > expected.now ? saw.now - expected.now : expected.now - saw.now)} ${saw.now > expected.now ? 'late' : 'early'}`
      : ''
  let limit = ''
  const rows = played.map(({ at, limit: now, cost, expected, saw, ok }) => {
    const change = limitWords(now) === limit ? '' : limitWords(now)
    limit = limitWords(now)
    return [offset(at), change, String(cost), say(expected), say(saw) + early(saw, expected), ok ? '' : '← differs']
  })
  return columns([['clock', 'limit', 'cost', 'expected', 'your script', ''], ...rows])
}

/**
 * Every answer of a hand-made script must be the oracle's.
 * @throws KpiFailure with the first wrong answer and the table up to it
 */
export function holds(lua: Lua, played: readonly Played[], judged: Judged = 'all'): void {
  const wrong = played.findIndex(one => !one.ok)
  if (wrong === -1) return
  const { cost, at, expected, saw } = played[wrong]!
  fail({
    subject: `the answer of ${lua.file} to a request of cost ${cost} at ${offset(at)}`,
    expected: words(expected),
    saw: words(saw),
    details: table(played.slice(0, wrong + 1), judged),
  })
}
