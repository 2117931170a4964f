/** Keeps the newest runs of a lab and removes the rest. */
import { type Dirent, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { EVIDENCE } from './evidence-limits.ts'

/** Removes the oldest runs beyond `keepRuns` or `keepBytes`; never `keep`, never one whose grader still lives. */
export function prune(runs: string, keep: string, limits: { keepRuns: number; keepBytes: number } = EVIDENCE): void {
  const newestFirst = entries(runs)
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
    .reverse()
  let count = 0
  let bytes = 0
  for (const name of newestFirst) {
    count += 1
    bytes += sizeOf(join(runs, name))
    const over = count > limits.keepRuns || bytes > limits.keepBytes
    if (over && name !== keep && !running(join(runs, name))) rmSync(join(runs, name), { recursive: true, force: true })
  }
}

/** A grader's pid that is alive; after a day it is taken for somebody else's (pids are reused after a reboot). */
function running(dir: string): boolean {
  const file = join(dir, 'running.pid')
  try {
    if (Date.now() - lstatSync(file).mtimeMs > 86_400_000) return false
    process.kill(Number(readFileSync(file, 'utf8')), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Bytes of the files below a folder; a file that vanishes meanwhile counts nothing (two graders may prune at once). */
function sizeOf(dir: string): number {
  let total = 0
  for (const entry of entries(dir)) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) total += sizeOf(path)
    else total += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0
  }
  return total
}

function entries(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
  } catch {
    return []
  }
}
