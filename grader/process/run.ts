import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { birthOf } from './birth.ts'
import { runsDir } from './places.ts'
import { endRun, type Owner, sweep } from './strays.ts'
import { type Warden, warden } from './warden.ts'

/** One run of the grader: the folder and the mark by which everything it starts can be found. */
export interface Run {
  readonly id: string
  /** A folder of this run alone, removed at its end. */
  readonly dir: string
  /** Ends the run's processes and removes its folder, also when this process dies. */
  readonly warden: Warden
  /** End whatever is left of the run now. */
  close(): Promise<void>
}

/** Opens a run owned by this process, after ending what dead runs left. Throws MR-E-047 when its folder cannot be made. */
export function openRunDir(): Run {
  sweep()
  const runs = runsDir()
  const id = randomBytes(6).toString('hex')
  const dir = join(runs, id)
  const guard = warden()
  guard.run(id, dir)
  // Filled before it gets its name: a folder under runs/ always says whose it is.
  const making = join(runs, `.${id}`)
  guard.dir(making)
  mkdirSync(making, { mode: userInfo().uid === 0 ? 0o711 : 0o700 })
  const owner: Owner = { runId: id, pid: process.pid, birth: birthOf(process.pid) ?? '', startedAt: new Date().toISOString() }
  writeFileSync(join(making, 'owner.json'), JSON.stringify(owner))
  renameSync(making, dir)
  return {
    id,
    dir,
    warden: guard,
    close: () => {
      endRun(id, dir)
      return guard.close()
    },
  }
}
