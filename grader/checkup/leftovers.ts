/** What earlier runs left: strays, workspaces of runs that are gone, caches. */
import { existsSync, lstatSync, opendirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir, runsDir } from '../process/places.ts'
import { findStrays, sweep } from '../process/strays.ts'
import { bytes, type Finding } from './finding.ts'

/** Processes and folders of runs whose grader is gone; `fix` ends and removes them. */
export function checkStrays(fix: boolean): Finding[] {
  const { strays, limits } = findStrays()
  const notes = limits.map((text): Finding => ({ id: 'strays', level: 'note', text }))
  if (strays.length === 0) return [{ id: 'strays', level: 'ok', text: 'no process of an earlier run is left' }, ...notes]
  if (fix) {
    const { runs, processes } = sweep()
    return [
      { id: 'strays', level: 'ok', text: `removed ${plural(runs, 'dead run')} with ${plural(processes, 'process', 'processes')}` },
      ...notes,
    ]
  }
  const found = strays.flatMap(stray => stray.processes)
  const text = `${plural(strays.length, 'dead run')} left ${found.length > 0 ? `processes ${found.map(({ pid }) => pid).join(', ')}` : 'a folder'}`
  return [{ id: 'strays', level: 'problem', text, fix: 'pnpm checkup --fix (the next grade does it too)' }, ...notes]
}

/** Workspaces under .millrace/work whose run is over; `fix` removes them. */
export function checkWorkspaces(root: string, fix: boolean, living: ReadonlySet<string> = new Set(readdirSync(runsDir()))): Finding[] {
  const work = join(root, '.millrace/work')
  const dead = existsSync(work) ? readdirSync(work).filter(name => !living.has(name.split('-')[0]!)) : []
  if (dead.length === 0) return []
  if (!fix)
    return [
      {
        id: 'workspaces',
        level: 'note',
        text: `${plural(dead.length, 'workspace')} of ended runs in .millrace/work`,
        fix: 'pnpm checkup --fix',
      },
    ]
  for (const name of dead) rmSync(join(work, name), { recursive: true, force: true })
  return [{ id: 'workspaces', level: 'ok', text: `removed ${plural(dead.length, 'workspace')} of ended runs` }]
}

/** Folders that grow; a large one is worth a word. */
export function checkCaches(root: string): Finding[] {
  const places = [
    { name: 'evidence of runs', path: join(root, '.millrace/runs') },
    { name: 'files kept by reset', path: join(root, '.millrace/kept') },
    { name: 'cache', path: cacheDir() },
  ].filter(({ path }) => existsSync(path))
  const sizes = places.map(place => ({ ...place, ...folderSize(place.path) }))
  const text = sizes.map(({ name, size, more }) => `${name} ${more ? 'over ' : ''}${bytes(size)}`).join(', ') || 'nothing kept yet'
  const large = sizes.filter(({ size }) => size > 2e9)
  const fix = large.map(({ path }) => `rm -rf ${path}`).join('; ')
  return [
    large.length > 0
      ? { id: 'folders', level: 'note', text, fix: `can be removed when you need the room: ${fix}` }
      : { id: 'folders', level: 'ok', text },
  ]
}

/** Entries looked at; a cache may hold more than is worth waiting for. */
const MAX_ENTRIES = 50_000

/** Bytes below a folder, links not followed; `more` when it was too large to count to its end. */
export function folderSize(path: string, limit = MAX_ENTRIES): { size: number; more: boolean } {
  const open = [path]
  let size = 0
  for (let seen = 0; open.length > 0; ) {
    const dir = open.pop()!
    const handle = opendirSync(dir)
    try {
      for (let entry = handle.readSync(); entry; entry = handle.readSync()) {
        if (++seen > limit) return { size, more: true }
        const child = join(dir, entry.name)
        if (entry.isDirectory()) open.push(child)
        else size += lstatSync(child, { throwIfNoEntry: false })?.size ?? 0
      }
    } finally {
      handle.closeSync()
    }
  }
  return { size, more: false }
}

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
