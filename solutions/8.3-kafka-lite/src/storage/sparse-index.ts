import { readInt64, writeInt64 } from '../protocol/writer.ts'
import type { Handles } from './handles.ts'

/**
 * A sorted list of fixed-size entries (key INT64-able, value INT32). The active segment's index is in memory and written to its
 * file when the segment is closed or checkpointed; a closed segment's index is searched in its file, so it costs no memory.
 *
 * OffsetIndex file => n × (relativeOffset INT32, position INT32)
 * TimeIndex file   => n × (timestamp INT64, relativeOffset INT32)
 */
export class SparseIndex {
  readonly file: string
  readonly #handles: Handles
  readonly #keyBytes: 4 | 8
  #memory: Buffer | null = null
  #count = 0

  constructor(file: string, handles: Handles, keyBytes: 4 | 8) {
    this.file = file
    this.#handles = handles
    this.#keyBytes = keyBytes
  }

  get #entryBytes(): number {
    return this.#keyBytes + 4
  }

  /** Entries in the index. */
  get count(): number {
    return this.#count
  }

  /** Uses the file as it is (closed segment): its size gives the count. */
  attach(): void {
    this.#memory = null
    this.#count = Math.floor(this.#handles.get(this.file).size() / this.#entryBytes)
  }

  /** Takes the file's entries into memory so that more can be appended; `keep` decides up to where they are believed. */
  load(keep: (key: number, value: number) => boolean): void {
    const content = this.#handles.disk.readFile(this.file) ?? Buffer.alloc(0)
    this.#memory = Buffer.alloc(Math.max(1024, content.length * 2))
    this.#count = 0
    for (let at = 0; at + this.#entryBytes <= content.length; at += this.#entryBytes) {
      const key = this.#keyBytes === 8 ? readInt64(content, at) : content.readInt32BE(at)
      const value = content.readInt32BE(at + this.#keyBytes)
      if (!keep(key, value) || (this.#count > 0 && key <= this.#entry(this.#count - 1)[0])) break
      this.append(key, value)
    }
  }

  append(key: number, value: number): void {
    const at = this.#count * this.#entryBytes
    if (!this.#memory || at + this.#entryBytes > this.#memory.length) {
      const bigger = Buffer.alloc(Math.max(1024, (this.#memory?.length ?? 0) * 2))
      this.#memory?.copy(bigger)
      this.#memory = bigger
    }
    if (this.#keyBytes === 8) writeInt64(this.#memory, key, at)
    else this.#memory.writeInt32BE(key, at)
    this.#memory.writeInt32BE(value, at + this.#keyBytes)
    this.#count++
  }

  #entry(i: number): [number, number] {
    const at = i * this.#entryBytes
    let source = this.#memory
    let from = at
    if (!source) {
      source = Buffer.allocUnsafe(this.#entryBytes)
      this.#handles.get(this.file).read(source, at)
      from = 0
    }
    return [this.#keyBytes === 8 ? readInt64(source, from) : source.readInt32BE(from), source.readInt32BE(from + this.#keyBytes)]
  }

  /** The last entry, or null when empty. */
  last(): [number, number] | null {
    return this.#count === 0 ? null : this.#entry(this.#count - 1)
  }

  /** The last entry whose key is at most `key`, by binary search; null when there is none. */
  floor(key: number): [number, number] | null {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#entry(middle)[0] <= key) low = middle + 1
      else high = middle
    }
    return low === 0 ? null : this.#entry(low - 1)
  }

  /** Writes the entries in memory to the file. An index can be rebuilt from the log, so it needs no sync. */
  save(): void {
    if (!this.#memory) return
    const file = this.#handles.get(this.file)
    file.truncate(0)
    file.write(this.#memory.subarray(0, this.#count * this.#entryBytes), 0)
  }

  /** Gives the memory back; from now on lookups read the file. */
  seal(): void {
    this.save()
    this.#memory = null
  }
}
