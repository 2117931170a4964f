/** Runs the commands of a document, in order, and keeps what came of each. */
import { did } from '../../kpi/current.ts'
import { fail } from '../../kpi/fail.ts'
import type { FencedCommand } from './commands.ts'

/** How a command ended. */
export interface Ended {
  /** -1: it was ended at its limit. */
  code: number
  /** Both streams. */
  output: string
}

/** Runs one command; see clean-shell.ts and compose-commands.ts. @throws CodedError MR-E-156 for one that is not run here */
export type Execute = (command: FencedCommand, within: number) => Promise<Ended>

/** A command that was run. */
export interface Step extends FencedCommand, Ended {
  ms: number
}

const OUTPUT_LINES = 12
const LINE_WIDTH = 160

/**
 * Runs the commands until one fails.
 * @param options.within milliseconds for one command; default 60,000
 * @returns every step, when all ended with 0
 * @throws KpiFailure with the file and line of the command that failed, and the last lines it printed
 */
export async function replayCommands(
  file: string,
  commands: readonly FencedCommand[],
  execute: Execute,
  options: { within?: number } = {},
): Promise<Step[]> {
  const { within = 60_000 } = options
  const steps: Step[] = []
  for (const command of commands) {
    const began = performance.now()
    const step: Step = { ...command, ...(await execute(command, within)), ms: Math.round(performance.now() - began) }
    steps.push(step)
    if (step.code === 0) continue
    did(`I ran the ${commands.length} commands of ${file}, in order; ${steps.length - 1} worked.`)
    fail({
      subject: `${file}:${step.line}: ${firstLine(step.text)}`,
      expected: 'exit code 0',
      saw: step.code === -1 ? `no end within ${within / 1000} s` : `exit code ${step.code}`,
      details: lastLines(step.output),
      lookAt: `${file}:${step.line}`,
    })
  }
  did(`I ran the ${commands.length} command${commands.length === 1 ? '' : 's'} of ${file}, in order.`)
  return steps
}

const firstLine = (text: string): string => text.split('\n')[0]!.slice(0, LINE_WIDTH)

const lastLines = (output: string): string[] =>
  output
    .trimEnd()
    .split(/\r?\n/)
    .filter(Boolean)
    .slice(-OUTPUT_LINES)
    .map(line => line.slice(0, LINE_WIDTH))
