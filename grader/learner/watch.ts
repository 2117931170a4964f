/** What no rlimit covers, looked at four times a second while programs run: bytes on disk, memory where the kernel does not limit it, CPU used. */
import { execFile } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const EVERY = 250
/** Entries looked at in one folder tree; more count as over the limit. */
const MAX_FILES = 50_000

/** Bytes of all files under a folder; Infinity when there are too many to count. */
export const folderBytes = (root: string): number => {
  let bytes = 0
  let files = 0
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (++files > MAX_FILES) {
        bytes = Number.POSITIVE_INFINITY
        return
      }
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path)
      else bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0
    }
  }
  try {
    walk(root)
  } catch {
    // removed while we looked
  }
  return bytes
}

/** CPU seconds (user + system) of a process; undefined without /proc. Fields 14 and 15 of proc_pid_stat(5), in ticks of 1/100 s. */
export const cpuSeconds = (pid: number): number | undefined => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return undefined
  }
}

/** Resident memory in bytes; 0 when the process is gone. */
export const residentBytes = async (pid: number): Promise<number> => {
  try {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    if (kb) return Number(kb) * 1024
  } catch {
    // no /proc, or gone
  }
  if (process.platform === 'linux') return 0
  return new Promise(resolve => {
    execFile('/bin/ps', ['-o', 'rss=', '-p', String(pid)], (error, stdout) => resolve(error ? 0 : Number(stdout.trim()) * 1024))
  })
}

/** Calls `look` regularly without keeping the process alive. Returns how to end it. */
export const every = (look: () => void): (() => void) => {
  const timer = setInterval(look, EVERY)
  timer.unref()
  return () => clearInterval(timer)
}
