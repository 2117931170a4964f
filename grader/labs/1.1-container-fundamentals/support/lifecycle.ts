/** What becomes of a container: its state, and the exit codes that are left. */
import type { Question } from '../../../experiments/predictions/types.ts'
import { type Bench, fresh, onRecord } from './bench.ts'
import type { Service } from './stack.ts'

/** States of `docker inspect`, and "removed" for no container. */
export const STATES = ['created', 'running', 'paused', 'exited', 'removed'] as const

/** Milliseconds in which a container that is about to end does so. */
const ENDS_WITHIN = 3000

const shown = (commands: readonly string[][]): string =>
  commands.map(words => `\`docker compose ${words.map(word => (/[\s$]/.test(word) ? `'${word}'` : word)).join(' ')}\``).join(', ')

/** In which state is the container of a service after these commands? */
export function stateAfter(id: string, service: Service, ...commands: string[][]): Question<Bench> {
  return {
    id,
    ask: `${service} runs. Then: ${shown(commands)}. In which state is its container?`,
    async experiment(bench, record) {
      await fresh(bench, [service])
      const type = onRecord(bench, record)
      for (const words of commands) await type(...words)
      const state = await settled(bench, service)
      record.ran(`docker inspect --format '{{.State.Status}}' …-${service}-1`, state === 'removed' ? 'no such container' : state)
      return state
    },
  }
}

/** With which code has the container of a service ended? */
export function exitCodeAfter(id: string, service: Service, ...commands: string[][]): Question<Bench> {
  return {
    id,
    ask: `${service} runs. Then: ${shown(commands)}. Which exit code does \`docker compose ps --all\` show for its container?`,
    async experiment(bench, record) {
      await fresh(bench, [service])
      const type = onRecord(bench, record)
      for (const words of commands) await type(...words)
      await settled(bench, service)
      const { exitCode } = await bench.project.container(service)
      record.ran(`docker inspect --format '{{.State.ExitCode}}' …-${service}-1`, String(exitCode))
      return exitCode
    },
  }
}

/** With which code does a command end that is run in a container? */
export function exitCodeOf(id: string, service: Service, command: string[]): Question<Bench> {
  const words = ['exec', service, ...command]
  return {
    id,
    ask: `${service} runs. With which exit code does ${shown([words])} itself end (\`echo $?\`)?`,
    async experiment(bench, record) {
      await fresh(bench, [service])
      const { code } = await onRecord(bench, record)('exec', '-T', service, ...command)
      return code
    },
  }
}

/** The state once nothing changes any more: a signal takes a moment to end a process. */
async function settled({ project }: Bench, service: Service): Promise<string> {
  const until = performance.now() + ENDS_WITHIN
  for (;;) {
    const found = (await project.containers()).find(container => container.service === service)
    if (found?.state !== 'running' || performance.now() > until) return found?.state ?? 'removed'
  }
}
