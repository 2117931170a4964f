/** What a learner reads when a program does not start, does not get ready, or does not end. */
import { EnvironmentFault, type LearnerFault } from '../kpi/outcomes.ts'
import { exitWords } from './exit-cause.ts'
import { fault } from './fault.ts'
import { bindable } from './listens.ts'
import type { RunningProgram } from './program.ts'
import { readable } from './readable.ts'

const about = (ms: number): string => `~${Math.round(ms)} ms`

const SANDBOX_NOTE =
  'A program may read its lab folder and the installed packages, and write to the folder in TMPDIR; it may not start others.'

const started = ({ name, launch }: RunningProgram): string[] => [`I started ${name} (${launch.entry}).`]

const printed = (lines: string[], { name, logs }: RunningProgram): string[] => {
  if (lines.length === 0) return [`${name} printed nothing.`]
  const note = logs.slice(-60).some(line => line.text.includes('ERR_ACCESS_DENIED')) ? [SANDBOX_NOTE] : []
  return [`${name} printed:`, ...lines.map(line => `  ${line}`), ...note]
}

/** It ended before it was ready. EnvironmentFault when somebody else took its port. */
export const exitedBeforeReady = async (
  program: RunningProgram,
  expected: string,
  ports: number[],
  heldByOwn: (port: number) => boolean,
): Promise<LearnerFault | EnvironmentFault> => {
  const { launch, name } = program
  const seen = readable(program.logs, launch.cwd, ports)
  const entry = launch.entry
  const details = printed(seen.lines, program)
  const exit = program.exit ?? (await program.exited)
  const when = about(program.endedAt - program.startedAt)
  if (program.hit) {
    return fault(program.hit.code, {
      did: started(program),
      saw: `${name} was ended before it was ready: ${program.hit.sentence}`,
      expected,
      details,
    })
  }
  const portInUse = seen.error?.includes('EADDRINUSE') && program.logs.some(line => line.text.includes(String(program.port)))
  // Its own second listen() fails too, but then the port is free once it is gone.
  if (portInUse && !(await bindable(program.port))) return portTaken(launch, heldByOwn(program.port))
  if (seen.syntax && seen.error) {
    const at = seen.at ?? entry
    const message = seen.error.replace(/^SyntaxError(?: \[\w+\])?: /, '')
    return fault('MR-E-076', { did: started(program), saw: `${at} cannot be parsed: ${message}`, expected, lookAt: at, details })
  }
  const said = seen.error ? `: ${seen.error}` : ''
  return fault('MR-E-070', {
    did: started(program),
    saw: `${name} ${exitWords(exit)} after ${when}, before it was ready${said}`,
    expected,
    details,
    ...(seen.at ? { lookAt: seen.at } : {}),
  })
}

/** Somebody else holds the port that a program was told to listen on: one of the learner's own programs, or a stranger. */
export const portTaken = (launch: { name: string; port: number }, own: boolean): LearnerFault | EnvironmentFault =>
  own
    ? fault('MR-E-081', { saw: `another of your programs already listens on port ~${launch.port}, which belongs to ${launch.name}` })
    : new EnvironmentFault(`another program of this machine holds port ${launch.port}, which ${launch.name} was to listen on; run it again`)

/** It runs, but is not ready in time. */
export const notReady = (
  program: RunningProgram,
  expected: string,
  withinMs: number,
  last: string | undefined,
  ports: number[],
): LearnerFault => {
  const { launch, name } = program
  const seen = readable(program.logs, launch.cwd, ports)
  return fault('MR-E-071', {
    did: started(program),
    expected: `${expected} within ${withinMs / 1000} s`,
    saw: `${name} was running but not ready${last ? `: it ${last}` : ''}`,
    details: printed(seen.lines, program),
  })
}

/** A one-shot program did not end in time and was ended. */
export const didNotEnd = (program: RunningProgram, withinMs: number): LearnerFault => {
  const { launch, name } = program
  const seen = readable(program.logs, launch.cwd)
  return fault('MR-E-077', {
    did: started(program),
    expected: `${launch.entry} ends within ${withinMs / 1000} s`,
    saw: `${name} was still running; the grader ended it`,
    details: printed(seen.lines, program),
  })
}

/** "server-2 exited with code 1 during this KPI …": for every failure of a KPI in which that happened. */
export const crashWords = (program: RunningProgram): string => {
  const { name, launch } = program
  const seen = readable(program.logs, launch.cwd, [program.port])
  const why = program.hit ? `: ${program.hit.sentence}` : seen.error ? `: ${seen.error}${seen.at ? ` at ${seen.at}` : ''}` : ''
  return `${name} ${exitWords(program.exit!)} during this KPI${why}`
}
