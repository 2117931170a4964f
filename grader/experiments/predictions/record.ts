import type { Recorder } from './types.ts'

const LINES = 40
const WIDTH = 160

/** A record of one experiment, limited: what was typed with a `$` before it, what came of it below. */
export function recorder(): Recorder & { readonly lines: readonly string[] } {
  const lines: string[] = []
  const add = (line: string) => {
    if (lines.length < LINES) lines.push(line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line)
    else if (lines.length === LINES) lines.push('… (further lines are in the evidence)')
  }
  return {
    lines,
    ran(command, output = '', exitCode = 0) {
      add(`$ ${command}`)
      const said = output.trimEnd()
      if (said !== '') for (const line of said.split(/\r?\n/)) add(`  ${line}`)
      if (exitCode !== 0) add(`  (exit code ${exitCode})`)
    },
    saw: line => add(`  ${line}`),
  }
}
