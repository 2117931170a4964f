import { setTimeout as delay } from 'node:timers/promises'
import { askDocker } from '../../../engines/docker/client.ts'
import type { ComposeProject } from '../../../engines/docker/project.ts'

/** Milliseconds by which the start of the database is longer: on a fast machine it would be there by luck. */
export const SLOWER = 3_000

/** Stops the first process of the database's container as soon as it is there: the container runs, and the database is not ready. */
export function slowDatabase(project: ComposeProject): void {
  const stop = project.events.on(({ service, action, container }) => {
    if (service !== 'db' || action !== 'start') return
    stop()
    const hold = async () => {
      // Not `docker pause`: a look at a paused container's health fails, and compose gives up on it.
      await askDocker(['kill', '--signal', 'STOP', container])
      await delay(SLOWER)
      await askDocker(['kill', '--signal', 'CONT', container])
    }
    void hold().catch(() => {})
  })
}
