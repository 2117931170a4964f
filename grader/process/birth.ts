/** A process's start time tells it from a later one that was given the same pid. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const procfs = existsSync('/proc/self/stat')

/** What /proc/<pid>/stat says: field 4 is the parent, 5 the group, 22 the start in clock ticks since boot (man proc_pid_stat). */
export function procStat(pid: number): { state: string; ppid: number; pgid: number; start: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is the program's name, which the program chooses: count from the last parenthesis.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', ppid: Number(fields[1]), pgid: Number(fields[2]), start: fields[19] ?? '' }
  } catch {
    return null
  }
}

/** When a process started, as text that only serves to be compared; null when there is no such process (or only its zombie). */
export function birthOf(pid: number): string | null {
  if (procfs) {
    const stat = procStat(pid)
    return stat && stat.state !== 'Z' && stat.state !== 'X' ? stat.start : null
  }
  try {
    const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [state = '', ...start] = text.trim().split(/\s+/)
    return state && !state.startsWith('Z') ? start.join(' ') : null
  } catch {
    return null
  }
}
