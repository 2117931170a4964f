/** Brokers that hang: what is handed to them is in their machine's buffers and in nobody's log. */
import { askDocker } from '../../../engines/docker/client.ts'
import { inconclusive } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'

/**
 * Gives what stops every broker's process (SIGSTOP), at once when it is called. In containers not with `docker pause`: one that is paused
 * cannot be killed.
 */
export async function hanging({
  kafka,
  engine,
  compose,
  cleanup,
}: Pick<KpiFixtures, 'kafka' | 'engine' | 'compose' | 'cleanup'>): Promise<() => Promise<void>> {
  if (engine === 'embedded') return kafka.pause
  const containers = await (await compose.warm()).containers()
  const brokers = containers.filter(({ service, state }) => service.startsWith('kafka') && state === 'running').map(({ id }) => id)
  const signal = (name: string) => askDocker(['kill', '--signal', name, ...brokers])
  cleanup(() => signal('CONT'))
  return async () => {
    if ((await signal('STOP')).code !== 0) inconclusive('the brokers could not be stopped')
  }
}
