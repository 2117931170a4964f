/** What the leading master does, and how it comes to lead. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Crons } from './crons.ts'
import type { Scripts } from './scripts.ts'
import type { Config } from './types.ts'

export interface Housekeeping {
  start(): void
  stop(): void
  /** Whether this master leads, and in which epoch (the last that it knows of). */
  leadership(): { leader: boolean; epoch: number }
}

/** Jobs moved in one script: a few milliseconds of the server's time. */
const BATCH = 200

/** Asks for the lead at every look, and keeps house while it has it. */
export function createHousekeeping({ scripts, crons, config }: { scripts: Scripts; crons: Crons; config: Config }): Housekeeping {
  // Of this process, not of this node: one that was restarted does not know what its predecessor was about to do.
  const me = `${config.name}/${randomUUID()}`
  let stopped = false
  let leadership = { leader: false, epoch: 0 }

  /** Resolves with true when there may be more to do at once. */
  async function look(): Promise<boolean> {
    const [leader, epoch, lapsed = ''] = (await scripts.run('lead', me, config.masterLeaseMs)) as [number, number, string?]
    if (leader === 1 && !leadership.leader) console.log(`leads, epoch ${epoch}`)
    leadership = { leader: leader === 1, epoch }
    if (!leadership.leader) return false
    const [more, now, ...due] = (await scripts.run('tend', epoch, BATCH, lapsed)) as [number, string, ...string[]]
    if (more === -1) return false
    for (let i = 0; i < due.length; i += 3)
      await crons.fire(epoch, { name: due[i]!, spec: due[i + 1]!, next: Number(due[i + 2]) }, Number(now))
    return more === 1
  }

  async function loop(): Promise<void> {
    let told = ''
    while (!stopped) {
      const more = await look().then(
        value => {
          told = ''
          return value
        },
        (error: Error) => {
          if (error.message !== told) console.error(`housekeeping: ${error.message}`)
          told = error.message
          leadership = { ...leadership, leader: false }
          return false
        },
      )
      if (!more) await delay(config.pollMs)
    }
  }

  return {
    start: () => void loop(),
    stop: () => {
      stopped = true
    },
    leadership: () => leadership,
  }
}
