/** What a listing says of one object. Paths are relative to the table's root, with '/' between their parts. */
export interface ObjectInfo {
  readonly path: string
  readonly size: number
  /** Milliseconds since the epoch, by the store's clock. */
  readonly lastModified: number
}

/** What a Delta table needs of storage. The one hard demand is `putIfAbsent`: it decides who commits. */
export interface ObjectStore {
  /** Where the table is, for messages. */
  readonly url: string
  /** The whole object, or undefined where there is none. */
  get(path: string): Promise<Uint8Array | undefined>
  /** Bytes `start` to `end` (exclusive), or undefined where there is no such object. */
  getRange(path: string, start: number, end: number): Promise<Uint8Array | undefined>
  /** Writes the object as one: a reader sees the old bytes or the new ones. */
  put(path: string, bytes: Uint8Array): Promise<void>
  /**
   * Writes the object only where none is there, in one atomic step; false where one is.
   * After an error it may or may not have been written.
   */
  putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean>
  /** Objects whose path begins with `prefix`, in no particular order; those not after `startAfter` may be left out. */
  list(prefix: string, startAfter?: string): AsyncIterable<ObjectInfo>
  delete(path: string): Promise<void>
}
