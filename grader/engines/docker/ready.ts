import { setTimeout as delay } from 'node:timers/promises'
import { CodedError } from '../../errors/coded-error.ts'
import type { Container } from './inspect.ts'

/** "starting", "exited with 1" …: a container's state in words. */
const inWords = ({ state, exitCode, oomKilled, health }: Container): string => {
  if (oomKilled) return 'out of memory'
  if (state === 'exited') return `ended with exit code ${exitCode}`
  return health && state === 'running' ? health : state
}

/** It runs and is healthy; or its work is done: it ended with 0 and nothing starts it again. */
const isReady = ({ state, health, exitCode, restartPolicy }: Container): boolean =>
  (state === 'running' && (health === undefined || health === 'healthy')) ||
  (state === 'exited' && exitCode === 0 && restartPolicy !== 'always' && restartPolicy !== 'unless-stopped')

/** It will not become ready by waiting. A restart policy may still bring it up. */
const isLost = ({ state, exitCode, restartPolicy }: Container): boolean =>
  state === 'dead' || (state === 'exited' && exitCode !== 0 && (restartPolicy === 'no' || restartPolicy === ''))

/**
 * Waits until every container is ready.
 * @param deadline in the time of performance.now()
 * @param within the whole time that was given, for the message (milliseconds)
 * @throws CodedError MR-E-114 when one has ended, MR-E-115 at the deadline
 */
export async function settleOf(
  look: () => Promise<Container[]>,
  deadline: number,
  within: number,
  logOf: (container: Container) => Promise<string>,
): Promise<void> {
  for (;;) {
    const containers = await look()
    const log = async (container: Container) =>
      [container.healthLog, (await logOf(container)).trim()].filter(Boolean).join('\n').replaceAll('\n', ' | ').slice(-1500) || '(nothing)'
    const lost = containers.find(isLost)
    if (lost)
      throw new CodedError('MR-E-114', {
        message: `service ${lost.service} ${lost.state === 'exited' && !lost.oomKilled ? '' : 'is '}${inWords(lost)}`,
        service: lost.service,
        log: await log(lost),
      })
    const waiting = containers.find(container => !isReady(container))
    if (!waiting) return
    if (performance.now() > deadline)
      throw new CodedError('MR-E-115', {
        service: waiting.service,
        seconds: Math.round(within / 1000),
        state: inWords(waiting),
        log: await log(waiting),
      })
    await delay(100)
  }
}
