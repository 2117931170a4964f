import { FileStore, type ObjectInfo, type ObjectStore } from '../../../../labs/5.5-delta-on-minio/src/delta/index.ts'

/** What a test does to the calls of a store; each is given the real call to make, or not. */
export interface Faults {
  put?: (path: string, real: () => Promise<void>) => Promise<void>
  putIfAbsent?: (path: string, real: () => Promise<boolean>) => Promise<boolean>
  get?: (path: string, real: () => Promise<Uint8Array | undefined>) => Promise<Uint8Array | undefined>
  list?: (infos: ObjectInfo[]) => ObjectInfo[]
}

/** A store whose calls a test can fail, delay or answer wrongly. */
export class FaultyStore implements ObjectStore {
  readonly url: string
  readonly faults: Faults = {}
  readonly #real: FileStore

  constructor(path: string) {
    this.#real = new FileStore(path)
    this.url = this.#real.url
  }

  get(path: string): Promise<Uint8Array | undefined> {
    const real = () => this.#real.get(path)
    return this.faults.get ? this.faults.get(path, real) : real()
  }

  getRange(path: string, start: number, end: number): Promise<Uint8Array | undefined> {
    return this.#real.getRange(path, start, end)
  }

  put(path: string, bytes: Uint8Array): Promise<void> {
    const real = () => this.#real.put(path, bytes)
    return this.faults.put ? this.faults.put(path, real) : real()
  }

  putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    const real = () => this.#real.putIfAbsent(path, bytes)
    return this.faults.putIfAbsent ? this.faults.putIfAbsent(path, real) : real()
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    const infos = await Array.fromAsync(this.#real.list(prefix))
    yield* this.faults.list ? this.faults.list(infos) : infos
  }

  delete(path: string): Promise<void> {
    return this.#real.delete(path)
  }
}
