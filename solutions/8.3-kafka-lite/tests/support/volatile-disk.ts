import path from 'node:path'
import type { Disk, DiskFile } from '../../src/storage/disk.ts'
import type { Random } from './random.ts'

const SECTOR = 512

type Change = { at: number; bytes: Buffer } | { size: number }

/** A file's content as programs see it, as the device has it, and the changes in between. */
class Inode {
  data = Buffer.alloc(0)
  durable = Buffer.alloc(0)
  pending: Change[] = []

  change(change: Change): void {
    this.pending.push(change)
    this.data = applied(this.data, change)
  }
}

function applied(data: Buffer, change: Change): Buffer {
  if ('size' in change) return Buffer.concat([data.subarray(0, change.size), Buffer.alloc(Math.max(0, change.size - data.length))])
  const end = change.at + change.bytes.length
  const next = end <= data.length ? Buffer.from(data) : Buffer.concat([data, Buffer.alloc(end - data.length)])
  change.bytes.copy(next, change.at)
  return next
}

type NameChange = { name: string; inode: Inode | 'directory' | null }

/**
 * A disk in memory that can lose power. What was synced stays. Of every file's unsynced writes each one survives whole, survives in
 * part (by sectors) or is lost, independently of the others; names created, renamed or removed since their directory was synced
 * survive up to a random point. That is what POSIX allows and real devices do. A broker sees it through `mount`, so that one whose power
 * went cannot go on writing to the disk of the one that was started after it.
 */
export class VolatileDisk {
  #names = new Map<string, Inode | 'directory'>()
  #durableNames = new Map<string, Inode | 'directory'>()
  #pendingNames: NameChange[] = []
  #generation = 0
  syncs = 0

  /** The root directory is there from the start and cannot be lost. */
  constructor(root: string) {
    this.#names.set(root, 'directory')
    this.#durableNames.set(root, 'directory')
  }

  #rename(changes: NameChange[]): void {
    for (const change of changes) {
      this.#pendingNames.push(change)
      if (change.inode) this.#names.set(change.name, change.inode)
      else this.#names.delete(change.name)
    }
  }

  #alive(generation: number): void {
    if (generation !== this.#generation) throw Object.assign(new Error('the power is off'), { code: 'EIO' })
  }

  /** The disk as one broker sees it, until the power goes: from then on every operation of it fails. */
  mount(): Disk {
    const generation = this.#generation
    const alive =
      <A extends unknown[], R>(operation: (...args: A) => R) =>
      (...args: A): R => {
        this.#alive(generation)
        return operation.apply(this, args)
      }
    return {
      open: alive(this.#open),
      list: alive(this.#list),
      makeDirectory: alive(this.#makeDirectory),
      remove: alive(this.#remove),
      removeTree: alive(this.#removeTree),
      rename: alive(this.#move),
      readFile: alive(this.#readFile),
      syncDirectory: alive(this.#syncDirectory),
    }
  }

  #open(file: string): DiskFile {
    const generation = this.#generation
    const known = this.#names.get(file)
    const inode = known instanceof Inode ? known : new Inode()
    if (!known) this.#rename([{ name: file, inode }])
    return {
      size: () => inode.data.length,
      read: (target, position) => inode.data.copy(target, 0, position, position + target.length),
      write: (source, position) => {
        this.#alive(generation)
        inode.change({ at: position, bytes: Buffer.from(source) })
      },
      truncate: size => {
        this.#alive(generation)
        inode.change({ size })
      },
      sync: async () => {
        this.#alive(generation)
        const { data, pending } = inode
        const count = pending.length
        await new Promise(setImmediate)
        this.#alive(generation)
        this.syncs++
        inode.durable = data
        inode.pending.splice(0, count)
      },
      close: () => {},
    }
  }

  #list(directory: string): string[] {
    const prefix = `${directory}/`
    return [...this.#names.keys()]
      .filter(n => n.startsWith(prefix) && !n.slice(prefix.length).includes('/'))
      .map(n => n.slice(prefix.length))
  }

  #makeDirectory(directory: string): void {
    const parts = directory.split('/')
    for (let i = 2; i <= parts.length; i++) {
      const name = parts.slice(0, i).join('/')
      if (!this.#names.has(name)) this.#rename([{ name, inode: 'directory' }])
    }
  }

  #remove(file: string): void {
    if (this.#names.has(file)) this.#rename([{ name: file, inode: null }])
  }

  async #removeTree(directory: string): Promise<void> {
    for (const name of [...this.#names.keys()]) if (name === directory || name.startsWith(`${directory}/`)) this.#remove(name)
  }

  #move(from: string, to: string): void {
    const inode = this.#names.get(from)
    if (!inode) throw Object.assign(new Error(`no such file: ${from}`), { code: 'ENOENT' })
    // One journal entry: never half a rename.
    this.#pendingNames.push({ name: to, inode }, { name: `-${from}`, inode: null })
    this.#names.set(to, inode)
    this.#names.delete(from)
  }

  #readFile(file: string): Buffer | null {
    const inode = this.#names.get(file)
    return inode instanceof Inode ? Buffer.from(inode.data) : null
  }

  async #syncDirectory(directory: string): Promise<void> {
    const generation = this.#generation
    const inside = (name: string) => path.dirname(name.replace(/^-/, '')) === directory
    const now = this.#pendingNames.filter(c => inside(c.name))
    await new Promise(setImmediate)
    this.#alive(generation)
    for (const change of now) settle(this.#durableNames, change)
    this.#pendingNames = this.#pendingNames.filter(c => !now.includes(c))
  }

  /** Power is lost and comes back: open files become unusable, and what was not synced is at the mercy of `random`. */
  losePower(random: Random): void {
    this.#generation++
    const survived = this.#pendingNames.slice(0, random.int(0, this.#pendingNames.length))
    // Do not cut a rename in half.
    const following = this.#pendingNames[survived.length]
    if (following?.name.startsWith('-')) survived.push(following)
    for (const change of survived) settle(this.#durableNames, change)
    this.#pendingNames = []
    this.#names = new Map()
    for (const [name, inode] of this.#durableNames) if (this.#hasParents(name)) this.#names.set(name, inode)
    this.#durableNames = new Map(this.#names)
    for (const inode of this.#names.values()) if (inode instanceof Inode) rot(inode, random)
  }

  #hasParents(name: string): boolean {
    for (let dir = path.dirname(name); dir !== '/'; dir = path.dirname(dir)) if (this.#durableNames.get(dir) !== 'directory') return false
    return true
  }
}

function settle(names: Map<string, Inode | 'directory'>, { name, inode }: NameChange): void {
  if (inode) names.set(name, inode)
  else names.delete(name.replace(/^-/, ''))
}

function rot(inode: Inode, random: Random): void {
  let data = inode.durable
  for (const change of inode.pending) {
    const fate = random.next()
    if (fate < 0.4) continue
    if (fate < 0.7 || 'size' in change) data = applied(data, change)
    else {
      for (let at = 0; at < change.bytes.length; at += SECTOR) {
        if (random.chance(0.5)) data = applied(data, { at: change.at + at, bytes: change.bytes.subarray(at, at + SECTOR) })
      }
    }
  }
  inode.pending = []
  inode.data = inode.durable = data
}
