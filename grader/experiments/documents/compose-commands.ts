/** Executes a document's `docker compose` commands on a project that the grader started; no shell of the host is involved. */
import { type ParseEntry, parse } from 'shell-quote'
import { DockerFailure } from '../../engines/docker/client.ts'
import type { ComposeProject } from '../../engines/docker/project.ts'
import { CodedError } from '../../errors/coded-error.ts'
import type { FencedCommand } from './commands.ts'
import type { Execute } from './replay.ts'

/** What only acts on the project's own containers. `run` and `cp` reach files of the host, `build` has its own KPIs. */
const ALLOWED = ['exec', 'ps', 'logs', 'up', 'down', 'stop', 'start', 'restart', 'kill', 'rm', 'pause', 'unpause', 'port', 'top', 'images']
/** Options that would leave the container's limits, or never end. */
const REFUSED = [/^--privileged(=|$)/, /^--follow(=|$)/, /^--watch(=|$)/]
const FOLLOW = /^-[a-z]*[fw]/

/**
 * The words of a command as `docker compose` gets them, or why it is not run.
 * @throws CodedError MR-E-156 for anything but an allowed compose command, and for what only a shell could do (pipes, variables, `;`)
 */
export function composeWords(file: string, { line, text }: FencedCommand): string[] {
  const refuse = (reason: string): never => {
    throw new CodedError('MR-E-156', { file, line, reason, allowed: ALLOWED.join(', ') })
  }
  const entries: ParseEntry[] = parse(text.replace(/\\\n\s*/g, ' '), name => refuse(`it uses the variable ${name}`))
  const words = entries.filter(entry => typeof entry === 'string' || !('comment' in entry)).map(entry => wordOf(entry, refuse))
  const [program, compose, command = '', ...rest] = words
  if (program !== 'docker' || compose !== 'compose') refuse(`it begins with "${words.slice(0, 2).join(' ')}", not with "docker compose"`)
  if (!ALLOWED.includes(command)) refuse(`"docker compose ${command}" is not among the commands that a document may use`)
  const end =
    command === 'exec'
      ? rest.findIndex((word, n) => !word.startsWith('-') && !/^-(u|w|e|-user|-workdir|-env|-index)$/.test(rest[n - 1] ?? ''))
      : -1
  const options = end === -1 ? rest : rest.slice(0, end)
  const odd = options.find(option => REFUSED.some(pattern => pattern.test(option)) || (command === 'logs' && FOLLOW.test(option)))
  if (odd) refuse(`the option ${odd} is not allowed`)
  if (command === 'up') return ['up', ...rest.filter(word => !['-d', '--detach', '--no-build'].includes(word))]
  // A document's reader has a terminal; the grader has none.
  return command === 'exec'
    ? ['exec', '-T', ...options.filter(word => !/^-(T|i|t|it|ti|-no-TTY|-interactive|-tty)$/.test(word)), ...rest.slice(options.length)]
    : [command, ...rest]
}

/** Runs compose commands on a project; anything else is refused before it runs. `up` reads and checks the compose file anew, as the first one did. */
export const composeCommands =
  (file: string, project: Pick<ComposeProject, 'compose' | 'up'>): Execute =>
  async (command, within) => {
    const [name = '', ...rest] = composeWords(file, command)
    try {
      if (name === 'up') {
        await project.up({ args: rest, within })
        return { code: 0, output: '' }
      }
      const { code, stdout, stderr } = await project.compose([name, ...rest], { within })
      return { code, output: stdout + stderr }
    } catch (error) {
      if (error instanceof DockerFailure) return { code: -1, output: error.said }
      if (error instanceof CodedError && ['MR-E-114', 'MR-E-115'].includes(error.code)) return { code: 1, output: error.errorCause }
      throw error
    }
  }

function wordOf(entry: ParseEntry, refuse: (reason: string) => never): string {
  if (typeof entry === 'string') return entry
  if ('comment' in entry) return ''
  return entry.op === 'glob' && 'pattern' in entry
    ? refuse(`"${entry.pattern}" is a pattern: quote it`)
    : refuse(`"${entry.op}" needs a shell`)
}
