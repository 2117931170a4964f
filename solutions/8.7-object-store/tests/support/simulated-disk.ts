import { basename, dirname } from 'node:path'
import type { FileSystem, StoreFile } from '../../src/storage/file-system.ts'

/** What every operation throws from the moment the power is gone. */
export class PowerLoss extends Error {}

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

type Change = { at: number; data: Buffer } | { truncate: number }

interface Inode {
  /** What the medium has for certain. */
  durable: Buffer
  /** Changes since the last sync, in order: each may reach the medium or not. */
  volatile: Change[]
}

interface Directory {
  durable: Map<string, Inode>
  current: Map<string, Inode>
}

const SECTOR = 512

function apply(content: Buffer, change: Change): Buffer {
  if ('truncate' in change)
    return change.truncate <= content.length
      ? content.subarray(0, change.truncate)
      : Buffer.concat([content, Buffer.alloc(change.truncate - content.length)])
  const end = change.at + change.data.length
  const result = Buffer.alloc(Math.max(content.length, end))
  content.copy(result)
  change.data.copy(result, change.at)
  return result
}

/**
 * A disk in memory that can lose power: at the `failAt`-th change the change is torn, and everything after it throws `PowerLoss`.
 * `afterPowerLoss` is the medium as a new start finds it: synced data is there; of each unsynced write nothing, all, or some sectors;
 * of each unsynced name the old or the new state.
 */
export class SimulatedDisk implements FileSystem {
  changes = 0
  failAt = Number.POSITIVE_INFINITY
  /** The error with which a write to this file fails, after half of it is done; undefined: none. */
  refuse: (path: string) => Error | undefined = () => undefined
  private readonly directories = new Map<string, Directory>()

  async makeDirectory(path: string): Promise<void> {
    if (!this.directories.has(path)) this.directories.set(path, { durable: new Map(), current: new Map() })
  }

  async list(directory: string): Promise<string[]> {
    this.alive()
    return [...this.directory(directory).current.keys()]
  }

  async size(path: string): Promise<number> {
    return this.content(this.inode(path)).length
  }

  async create(path: string): Promise<StoreFile> {
    const { current } = this.directory(dirname(path))
    if (current.has(basename(path))) throw Object.assign(new Error(`EEXIST: ${path}`), { code: 'EEXIST' })
    const inode: Inode = { durable: Buffer.alloc(0), volatile: [] }
    this.change(() => current.set(basename(path), inode))
    return this.file(path, inode)
  }

  async open(path: string): Promise<StoreFile> {
    return this.file(path, this.inode(path))
  }

  async rename(from: string, to: string): Promise<void> {
    const inode = this.inode(from)
    this.change(() => {
      this.directory(dirname(from)).current.delete(basename(from))
      this.directory(dirname(to)).current.set(basename(to), inode)
    })
  }

  async remove(path: string): Promise<void> {
    this.inode(path)
    this.change(() => this.directory(dirname(path)).current.delete(basename(path)))
  }

  async syncDirectory(path: string): Promise<void> {
    const directory = this.directories.get(path)
    this.change(() => directory && (directory.durable = new Map(directory.current)))
  }

  /** The medium after the power came back; the seed decides what of the unsynced has survived. */
  afterPowerLoss(seed: number): SimulatedDisk {
    const random = seeded(seed)
    const disk = new SimulatedDisk()
    const survivors = new Map<Inode, Inode>()
    const survivor = (inode: Inode): Inode => {
      let found = survivors.get(inode)
      if (!found)
        survivors.set(
          inode,
          (found = {
            durable: inode.volatile.reduce((content, change) => surviving(content, change, random), inode.durable),
            volatile: [],
          }),
        )
      return found
    }
    for (const [path, { durable, current }] of this.directories) {
      const names = new Map<string, Inode>()
      for (const name of new Set([...durable.keys(), ...current.keys()])) {
        const inode = random() < 0.5 ? durable.get(name) : current.get(name)
        if (inode) names.set(name, survivor(inode))
      }
      disk.directories.set(path, { durable: names, current: new Map(names) })
    }
    return disk
  }

  /** Flips one bit of a file's durable content. */
  rot(path: string, position: number): void {
    const inode = this.inode(path)
    inode.durable = Buffer.from(this.content(inode))
    inode.volatile = []
    inode.durable[position]! ^= 1
  }

  private file(path: string, inode: Inode): StoreFile {
    return {
      read: async (position, length) => {
        this.alive()
        return Buffer.from(this.content(inode).subarray(position, position + length))
      },
      write: async (buffers, position) => {
        const data = Buffer.concat(buffers)
        await null // other work may come in between, as on a real disk
        const refused = this.refuse(path)
        if (refused) {
          inode.volatile.push({ at: position, data: data.subarray(0, Math.floor(data.length / 2)) })
          throw refused
        }
        this.change(
          () => inode.volatile.push({ at: position, data }),
          () => inode.volatile.push({ at: position, data: data.subarray(0, Math.floor(data.length / 2)) }),
        )
      },
      sync: async () => {
        await null
        // Cut off in the middle of a sync: nothing is promised about any of it.
        this.change(() => {
          inode.durable = this.content(inode)
          inode.volatile = []
        })
      },
      truncate: async length => this.change(() => inode.volatile.push({ truncate: length })),
      close: async () => {},
    }
  }

  private content(inode: Inode): Buffer {
    this.alive()
    return inode.volatile.reduce(apply, inode.durable)
  }

  private change(complete: () => unknown, torn?: () => unknown): void {
    this.alive()
    this.changes++
    if (this.changes < this.failAt) complete()
    else {
      torn?.()
      throw new PowerLoss()
    }
  }

  private alive(): void {
    if (this.changes >= this.failAt) throw new PowerLoss()
  }

  private directory(path: string): Directory {
    const directory = this.directories.get(path)
    if (!directory) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
    return directory
  }

  private inode(path: string): Inode {
    const inode = this.directory(dirname(path)).current.get(basename(path))
    if (!inode) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
    return inode
  }
}

/** An unsynced write reaches the medium not at all, as a whole, or in some of its sectors. */
function surviving(content: Buffer, change: Change, random: () => number): Buffer {
  const fate = random()
  if (fate < 0.35) return content
  if (fate < 0.6 || 'truncate' in change) return apply(content, change)
  let result = content
  for (let at = 0; at < change.data.length; at += SECTOR) {
    if (random() < 0.5) result = apply(result, { at: change.at + at, data: change.data.subarray(at, at + SECTOR) })
  }
  return result
}
