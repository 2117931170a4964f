import { stripVTControlCharacters } from 'node:util'
import { type ArgsDef, type CommandDef, renderUsage, runCommand } from 'citty'
import { CodedError } from '../errors/coded-error.ts'
import { renderError } from '../errors/render.ts'
import { leaveOutKnownWarnings } from '../ui/known-warnings.ts'
import { nearest } from '../ui/nearest.ts'
import { terminalOf } from '../ui/terminal.ts'

/** Commands without a script of their own in package.json: `pnpm seal` would be unknown to pnpm. */
const AUTHORS = new Set(['seal', 'readme'])

type Loader = () => Promise<{ default: unknown }>

/**
 * Run one command of a table and return the process's exit code. A command's `run` returns its own exit code (a number).
 * @param argv arguments after the program's name; the first is the command
 * @returns the exit code: the command's, 0 for help, 2 for wrong use, else by the class of what was thrown
 */
export async function runCli(argv: string[], commands: Record<string, Loader>): Promise<number> {
  leaveOutKnownWarnings()
  const [name, ...rawArgs] = argv
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      process.stdout.write(await overview(commands))
      return 0
    }
    const load = commands[name]
    if (!load) throw new CodedError('MR-E-002', { name, nearest: nearest(name, Object.keys(commands)) ?? 'help' })
    const command = (await load()).default as CommandDef<ArgsDef>
    if (rawArgs.includes('--help') || rawArgs.includes('-h')) {
      const usage = await renderUsage(command, { meta: { name: 'pnpm' } })
      // citty colours without asking whether anybody can see colours.
      process.stdout.write(`${terminalOf().color ? usage : stripVTControlCharacters(usage)}\n${examplesOf(command)}`)
      return 0
    }
    checkArguments(name, (command.args ?? {}) as ArgsDef, rawArgs)
    const { result } = await runCommand(command, { rawArgs })
    return typeof result === 'number' ? result : 0
  } catch (error) {
    const { text, exitCode } = renderError(asCoded(error))
    process.stderr.write(`${text}\n`)
    return exitCode
  }
}

/** citty's own complaints (a missing positional, a value outside an enum) are wrong use, not our bug. */
function asCoded(error: unknown): unknown {
  if (error instanceof Error && error.name === 'CLIError') return new CodedError('MR-E-004', { message: error.message.replace(/\.$/, '') })
  return error
}

/** Commands carry their examples as `meta.examples`. */
function examplesOf(command: CommandDef<ArgsDef>): string {
  const examples = (command.meta as { examples?: string[] } | undefined)?.examples ?? []
  return examples.length === 0 ? '' : `EXAMPLES\n\n${examples.map(line => `  ${line}`).join('\n')}\n`
}

async function overview(commands: Record<string, Loader>): Promise<string> {
  const rows = await Promise.all(
    Object.entries(commands).map(
      async ([name, load]) => [name, (((await load()).default as CommandDef).meta as { description?: string }).description ?? ''] as const,
    ),
  )
  const width = Math.max(...rows.map(([name]) => name.length + (AUTHORS.has(name) ? 9 : 0))) + 2
  const lines = rows.map(([name, text]) => `  pnpm ${(AUTHORS.has(name) ? `millrace ${name}` : name).padEnd(width)}${text}`)
  return `Millrace: build a data platform lab by lab; the graders talk to your running system.\n\n${lines.join('\n')}\n\nHelp for one: pnpm <command> --help\n`
}

/**
 * citty ignores flags it does not know; a mistyped `--sead 7` must not silently grade with another seed.
 * @throws CodedError MR-E-003 for an unknown flag, MR-E-004 for a missing value or one argument too many
 */
function checkArguments(command: string, defs: ArgsDef, rawArgs: readonly string[]): void {
  const camel = (flag: string) => flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const flags = Object.entries(defs).filter(([, def]) => def.type !== 'positional')
  const positionals = Object.entries(defs).filter(([, def]) => def.type === 'positional')
  const find = (flag: string) =>
    flags.find(
      ([name, def]) => name === flag || name === camel(flag) || [(def as { alias?: string | string[] }).alias ?? []].flat().includes(flag),
    )
  let seen = 0
  for (let i = 0; i < rawArgs.length; i++) {
    const arg = rawArgs[i]!
    if (!arg.startsWith('-') || arg === '-') {
      const rest = (positionals.at(-1)?.[1] as { rest?: boolean } | undefined)?.rest === true
      if (++seen > positionals.length && !rest)
        throw new CodedError('MR-E-004', { message: `pnpm ${command} does not take a further argument "${arg}"` })
      continue
    }
    const [flag, inline] = arg.replace(/^--?/, '').split(/=(.*)/s)
    const known = find(flag!) ?? (flag!.startsWith('no-') ? find(flag!.slice(3)) : undefined)
    if (!known) {
      const names = flags.map(([name]) => `--${name}`)
      throw new CodedError('MR-E-003', { flag: arg, command, nearest: nearest(arg, names) ?? `pnpm ${command} --help` })
    }
    if (known[1].type === 'boolean') continue
    const value = inline ?? rawArgs[++i]
    if (value === undefined || (inline === undefined && value.startsWith('--')))
      throw new CodedError('MR-E-004', { message: `${arg} needs a value` })
  }
}
