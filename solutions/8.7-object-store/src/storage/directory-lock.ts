import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes sure that one process works on a data directory: two edit logs in one directory would destroy each other.
 * A lock whose process is gone (kill -9, power loss) is taken over. Throws where the owner lives. Returns the unlock function.
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, 'LOCK')
  const mine = `${process.pid} ${startTime(process.pid)}`
  try {
    writeFileSync(path, mine, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const owner = readFileSync(path, 'utf8')
    const pid = Number(owner.split(' ')[0])
    if (isAlive(pid) && owner === `${pid} ${startTime(pid)}`) {
      throw new Error(`${directory} is in use by process ${pid}: stop it first, or choose another DATA_DIR`)
    }
    writeFileSync(path, mine)
  }
  return () => rmSync(path, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When a process was started, where the system tells (Linux): process ids come round again. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? ''
  } catch {
    return ''
  }
}
