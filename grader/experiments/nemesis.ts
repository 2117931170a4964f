/** Faults as data: a schedule is drawn from the seed, recorded on the timeline, and the same seed replays it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Random, Timeline } from '../kpi/types.ts'
import type { Program } from '../learner/types.ts'

/** One kind of fault on one target. */
export interface Fault {
  /** "kill worker-1", "cut the link to valkey": as a learner reads it. */
  name: string
  /**
   * Make it happen. Returns how to heal it (called when its time is over), or null when it could not take effect
   * (the target was gone already): such a fault does not count.
   */
  inject(): Promise<(() => unknown) | null> | (() => unknown) | null
}

/** A fault of the schedule: milliseconds after the nemesis starts, and how long it lasts. */
export interface PlannedFault {
  at: number
  lasts: number
  fault: string
}

export interface ScheduleOptions {
  count: number
  /** Milliseconds between the start of one fault and of the next, [least, most]. */
  gap: [number, number]
  /** Milliseconds until a fault is healed, [least, most]; default 0: at once (a kill is over when it happened). */
  lasts?: [number, number]
}

/** Draw a schedule. The same random stream gives the same schedule. */
export function schedule(random: Random, faults: readonly Fault[], options: ScheduleOptions): PlannedFault[] {
  let at = 0
  return Array.from({ length: options.count }, () => {
    at += random.int(...options.gap)
    return { at, lasts: options.lasts ? random.int(...options.lasts) : 0, fault: random.pick(faults).name }
  })
}

/** What the nemesis did. `effective` is what a ledger KPI needs to be conclusive. */
export interface NemesisReport {
  planned: number
  effective: number
  /** In order: "412 ms kill worker-1". */
  log: string[]
}

/**
 * Carry a schedule out; faults overlap when the schedule says so. Resolves when all are healed; heals at once when `signal` aborts.
 * @throws when the schedule names a fault that is not in `faults`, or an injection fails for a reason of ours
 */
export async function runNemesis(
  plan: readonly PlannedFault[],
  faults: readonly Fault[],
  options: { timeline?: Timeline; signal?: AbortSignal } = {},
): Promise<NemesisReport> {
  const { timeline, signal } = options
  const began = performance.now()
  const log: string[] = []
  let effective = 0
  const wait = (ms: number) => delay(Math.max(0, ms), undefined, signal ? { signal } : {}).catch(() => {})
  const one = async (planned: PlannedFault): Promise<void> => {
    const fault = faults.find(candidate => candidate.name === planned.fault)
    if (!fault) throw new Error(`the schedule names "${planned.fault}", there are: ${faults.map(candidate => candidate.name).join(', ')}`)
    await wait(planned.at - (performance.now() - began))
    if (signal?.aborted) return
    const at = timeline?.now() ?? 0
    const heal = await fault.inject()
    if (!heal) return
    effective++
    log.push(`${Math.round(performance.now() - began)} ms ${fault.name}`)
    await wait(planned.lasts)
    await heal()
    timeline?.add({ lane: 'nemesis', kind: 'fault', at, until: timeline.now(), label: fault.name })
  }
  await Promise.all(plan.map(one))
  return { planned: plan.length, effective, log }
}

/** kill -9, then start again at once on the same port with the same environment. `replaced` is told the new program. */
export const killAndRestart = (program: () => Program, replaced: (program: Program) => void): Fault => ({
  name: `kill -9 and restart ${program().name}`,
  async inject() {
    if (!program().running) return null
    replaced(await program().restart())
    return () => {}
  },
})

/** SIGSTOP until healed: the process is there, holds its locks and connections, and does nothing. */
export const pauseProgram = (program: () => Program): Fault => ({
  name: `pause ${program().name}`,
  inject() {
    const target = program()
    if (!target.running) return null
    target.pause()
    return () => target.running && target.resume()
  },
})

/** Anything with a start and an end, e.g. a link that is cut or a service that is stopped. */
export const between = (name: string, start: () => unknown, end: () => unknown): Fault => ({
  name,
  async inject() {
    await start()
    return end
  },
})
