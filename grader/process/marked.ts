/**
 * Processes of a run. Every process we start carries `MILLRACE_RUN=<id>` in its environment; what it starts inherits the mark, unless it
 * rewrites its environment (PostgreSQL's backends do), so a working directory in the run's folder and descent from a marked process count too.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { birthOf, procStat } from './birth.ts'

/** The environment variable that marks every process of a run. */
export const RUN_MARK = 'MILLRACE_RUN'

/** What a platform cannot find, in words for the learner; empty where nothing is missing. */
export const MARK_LIMITS: string[] = existsSync('/proc/self/environ')
  ? []
  : ['On this platform a process that hides its environment and whose parent is gone is not found (no /proc).']

export interface MarkedProcess {
  pid: number
  birth: string
}

interface Row {
  pid: number
  ppid: number
  marked: boolean
}

function linuxRows(runId: string, runDir: string): Row[] {
  const rows: Row[] = []
  const needle = `${RUN_MARK}=${runId}\0`
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const stat = procStat(pid)
    if (!stat || stat.state === 'Z') continue
    let marked = false
    try {
      marked = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}\0`.includes(`\0${needle}`)
      if (!marked) {
        const cwd = readlinkSync(`/proc/${pid}/cwd`)
        marked = cwd === runDir || cwd.startsWith(`${runDir}/`)
      }
    } catch {
      // Another user's process, or gone meanwhile.
    }
    rows.push({ pid, ppid: stat.ppid, marked })
  }
  return rows
}

function psRows(runId: string): Row[] {
  const text = execFileSync('ps', ['-A', '-E', '-ww', '-o', 'pid=,ppid=,command='], { encoding: 'utf8', maxBuffer: 64 << 20 })
  return text.split('\n').flatMap(line => {
    const [, pid, ppid, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return pid ? [{ pid: Number(pid), ppid: Number(ppid), marked: ` ${command} `.includes(` ${RUN_MARK}=${runId} `) }] : []
  })
}

/** Every living process of a run: marked, at home in its folder, or descended from one that is. Never this process or its ancestors. */
export function findMarked(runId: string, runDir: string): MarkedProcess[] {
  const rows = existsSync('/proc/self/environ') ? linuxRows(runId, runDir) : psRows(runId)
  const parent = new Map(rows.map(row => [row.pid, row.ppid]))
  const spared = new Set<number>([0, 1])
  for (let pid: number | undefined = process.pid; pid && !spared.has(pid); pid = parent.get(pid)) spared.add(pid)
  const found = new Set(rows.filter(row => row.marked && !spared.has(row.pid)).map(row => row.pid))
  for (let grew = found.size > 0; grew; ) {
    grew = false
    for (const row of rows) {
      if (!found.has(row.pid) && !spared.has(row.pid) && found.has(row.ppid)) {
        found.add(row.pid)
        grew = true
      }
    }
  }
  return [...found].flatMap(pid => {
    const birth = birthOf(pid)
    return birth ? [{ pid, birth }] : []
  })
}

/** A process's living descendants, itself first: PostgreSQL's backends lead sessions of their own, a group's signal misses them. */
export function treeOf(root: number): number[] {
  const children = new Map<number, number[]>()
  const add = (pid: number, ppid: number) => children.set(ppid, [...(children.get(ppid) ?? []), pid])
  if (existsSync('/proc/self/stat')) {
    for (const name of readdirSync('/proc')) {
      const stat = Number.isInteger(Number(name)) ? procStat(Number(name)) : null
      if (stat && stat.state !== 'Z') add(Number(name), stat.ppid)
    }
  } else {
    for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')) {
      const [pid, ppid] = line.trim().split(/\s+/).map(Number)
      if (pid) add(pid, ppid ?? 0)
    }
  }
  const tree = [root]
  for (const pid of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}
