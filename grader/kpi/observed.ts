/** Puts on the timeline what a KPI does to a service: clock steps as marks, outages as faults with their end. */
import type { ClockControl } from '../services/types.ts'
import type { Timeline } from './types.ts'

interface Faults {
  restart(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  kill(): Promise<void>
  start(): Promise<void>
}

/** The same service, with its outages on the lane of its name. */
export function observed<T extends Faults>(service: T, lane: string, timeline: Timeline): T {
  let open: { at: number; label: string } | undefined
  const begin = (label: string) => {
    open ??= { at: timeline.now(), label }
  }
  const end = () => {
    if (open) timeline.add({ lane, kind: 'fault', at: open.at, until: timeline.now(), label: open.label })
    open = undefined
  }
  const around = async (label: string | undefined, run: () => Promise<void>, over: boolean) => {
    if (label) begin(label)
    await run()
    if (over) end()
  }
  return {
    ...service,
    restart: () => around('restarted', () => service.restart(), true),
    kill: () => around('killed', () => service.kill(), false),
    pause: () => around('paused', () => service.pause(), false),
    start: () => around(undefined, () => service.start(), true),
    resume: () => around(undefined, () => service.resume(), true),
  }
}

/** The same clock, each step a mark. */
export function observedClock(clock: ClockControl, lane: string, timeline: Timeline): ClockControl {
  const mark = (label: string) => timeline.add({ lane, kind: 'mark', at: timeline.now(), label })
  return {
    now: () => clock.now(),
    async freeze(at) {
      const now = await clock.freeze(at)
      mark('clock stopped')
      return now
    },
    async advance(ms) {
      const now = await clock.advance(ms)
      mark(`clock ${ms < 0 ? '' : '+'}${ms} ms`)
      return now
    },
    async set(micros) {
      const now = await clock.set(micros)
      mark(`clock set to ${micros} µs`)
      return now
    },
    async release() {
      await clock.release()
      mark('clock runs')
    },
  }
}
