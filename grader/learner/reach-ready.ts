import { setTimeout as delay } from 'node:timers/promises'
import type { TimelineEvent } from '../results/types.ts'
import type { RunningProgram } from './program.ts'
import { awaited, type Ready, untilReady } from './ready.ts'
import { exitedBeforeReady, notReady } from './start-fault.ts'
import type { LogLine, StartOptions } from './types.ts'

interface Around {
  /** Whether another program of the learner listens on a port, as far as the platform tells. */
  heldByOwn(port: number): boolean
  /** Ports that vary from run to run and are shown with a `~`. */
  ports(): number[]
  now(): number
  onEvent(event: Omit<TimelineEvent, 'kpi'>): void
}

const logMatches = (program: RunningProgram, match: RegExp): Promise<void> =>
  new Promise(resolve => {
    const look = (line: LogLine) => {
      match.lastIndex = 0
      if (match.test(line.text)) resolve()
    }
    program.onLine = look
    for (const line of program.logs) look(line)
  })

/**
 * Wait until a program is ready.
 * @throws LearnerFault when it ends first (MR-E-070, 072–074, 076, 080) or is not ready in time (MR-E-071; it is ended then);
 *   EnvironmentFault when another program of the machine took its port
 */
export async function reachReady(program: RunningProgram, options: StartOptions, around: Around): Promise<void> {
  const ready: Ready = options.ready ?? { kind: 'port' }
  if (ready.kind === 'none') return
  const withinMs = options.readyWithin ?? 10_000
  const expected = awaited(ready, program.port)
  const stop = new AbortController()
  let last: string | undefined
  const isReady = ready.kind === 'log' ? logMatches(program, ready.match) : untilReady(ready, program, stop.signal, saw => (last = saw))
  const outcome = await Promise.race([
    isReady.then(() => 'ready' as const),
    program.exited.then(() => 'exited' as const),
    delay(withinMs, 'late' as const, { signal: stop.signal }).catch(() => 'late' as const),
  ])
  stop.abort()
  program.onLine = undefined
  if (outcome === 'ready' && program.running) {
    around.onEvent({ lane: program.name, kind: 'mark', at: around.now(), label: 'ready' })
    return
  }
  program.meantToEnd = true
  if (!program.running) throw await exitedBeforeReady(program, expected, around.ports(), around.heldByOwn)
  await program.end()
  throw notReady(program, expected, withinMs, last, around.ports())
}
