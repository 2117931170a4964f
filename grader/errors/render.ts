/** Any thrown value as what a person reads, and the exit code of its class. */
import { type Terminal, terminalOf } from '../ui/terminal.ts'
import { wrap } from '../ui/text.ts'
import { CodedError } from './coded-error.ts'
import { keepStack } from './crash-log.ts'
import { asMachineError } from './machine.ts'
import type { ErrorEntry } from './table.ts'

/** Exit codes by whose fault it is; 0 and 3 are verdicts, not errors. */
export const EXIT_CODES = { program: 1, use: 2, environment: 4, bug: 70 } as const satisfies Record<ErrorEntry['class'], number>

export interface RenderedError {
  /** Several lines, without a final line feed. */
  text: string
  exitCode: number
}

export interface RenderErrorOptions {
  terminal?: Terminal
  /** Folder for stacks of our own bugs; default `.millrace/crashes` of the repository. */
  crashes?: string
  /** With MILLRACE_DEBUG=1 the stack is printed too. */
  env?: Record<string, string | undefined>
}

/**
 * A coded error by its entry; a refusal of the machine (disk full, no permission) as MR-E-060; an `EnvironmentFault` or
 * `LearnerFault` by its message; anything else is our bug, MR-E-090, its stack kept in a file.
 * @example const { text, exitCode } = renderError(error); process.stderr.write(`${text}\n`)
 */
export function renderError(thrown: unknown, options: RenderErrorOptions = {}): RenderedError {
  const terminal = options.terminal ?? terminalOf(process.stderr)
  const env = options.env ?? process.env
  const fault = outcomeOf(thrown)
  const rendered = fault ? plain(fault, terminal) : coded(codedOf(thrown, options.crashes), terminal)
  return env['MILLRACE_DEBUG'] === '1' ? { ...rendered, text: `${rendered.text}\n\n${terminal.text(stackOf(thrown))}` } : rendered
}

function codedOf(thrown: unknown, crashes: string | undefined): CodedError {
  if (thrown instanceof CodedError) return thrown
  const machine = asMachineError(thrown)
  if (machine) return machine
  const message = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0]!.slice(0, 300) || 'no message'
  return new CodedError('MR-E-090', { message, evidence: keepStack(stackOf(thrown), crashes) }, { cause: thrown })
}

function coded(error: CodedError, terminal: Terminal): RenderedError {
  const rows: [string, string][] = [
    ['why', error.errorCause],
    ['do', error.fix],
  ]
  const place = placeOf(error.facts)
  if (place) rows.unshift(['at', place])
  rows.push(['more', `docs/errors.md#${error.code.toLowerCase()}`])
  return {
    text: [...headline(error.code, error.errorTitle, terminal), ...rows.flatMap(row => labelled(row, terminal))].join('\n'),
    exitCode: EXIT_CODES[error.entry.class],
  }
}

/** `EnvironmentFault` and `LearnerFault` escape from a run only when they were thrown outside a KPI; they explain themselves. */
function outcomeOf(thrown: unknown): { title: string; message: string; exitCode: number } | null {
  if (!(thrown instanceof Error)) return null
  if (thrown.name === 'EnvironmentFault')
    return { title: 'Something on this machine got in the way.', message: thrown.message, exitCode: EXIT_CODES.environment }
  if (thrown.name === 'LearnerFault')
    return { title: 'Your program failed before it could be judged.', message: thrown.message, exitCode: EXIT_CODES.program }
  return null
}

function plain(fault: { title: string; message: string; exitCode: number }, terminal: Terminal): RenderedError {
  const text = [...headline('', fault.title, terminal), ...labelled(['why', fault.message], terminal)]
  if (fault.exitCode === EXIT_CODES.environment) text.push(...labelled(['do', '`pnpm checkup` looks at the usual causes.'], terminal))
  return { text: text.join('\n'), exitCode: fault.exitCode }
}

function headline(code: string, title: string, terminal: Terminal): string[] {
  const { c, sym } = terminal
  const lead = code ? `${sym.fail} ${code}  ` : `${sym.fail} `
  const lines = wrap(terminal.text(title), terminal.width - lead.length)
  return lines.map((line, i) => (i === 0 ? `${c.red(lead)}${c.bold(line)}` : `  ${line}`))
}

function labelled([label, value]: [string, string], terminal: Terminal): string[] {
  const lines = wrap(terminal.text(value), terminal.width - 8)
  return lines.map((line, i) => (i === 0 ? `  ${terminal.c.dim(label.padEnd(6))}${line}` : `        ${line}`))
}

/** "labs/6.2/lab.yaml:12:3" from the facts file, line and column, where the thrower gave them. */
function placeOf(facts: Record<string, unknown>): string | null {
  if (typeof facts['file'] !== 'string' || facts['line'] === undefined) return null
  return [facts['file'], facts['line'], facts['column']].filter(part => part !== undefined).join(':')
}

/** The stack with the chain of causes. */
function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const own = thrown.stack ?? `${thrown.name}: ${thrown.message}`
  return thrown.cause === undefined || thrown.cause === thrown ? own : `${own}\ncaused by: ${stackOf(thrown.cause)}`
}
