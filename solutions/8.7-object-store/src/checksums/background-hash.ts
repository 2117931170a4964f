import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'

/** The hashes that are worth a thread. */
export type HashName = 'md5' | 'sha256'
/** Messages to the thread: hash a slot, end a stream, forget a stream. */
export type ToWorker = { algorithm: HashName; stream: number } & ({ kind: 'data'; slot: number; length: number } | { kind: 'end' | 'drop' })
/** Messages from the thread: a slot may be filled again, a stream's digest. */
export type FromWorker = { kind: 'free'; slot: number } | { kind: 'digest'; stream: number; hex: string }

/** A hash being computed. `drop` instead of `digest` where it is no longer wanted. */
export interface StreamHash {
  update(data: Buffer): Promise<void> | undefined
  digest(): Promise<Buffer>
  drop(): void
}

/** Bodies from this size on are hashed in the background: below it, the way to the thread costs more than the hash. */
const BACKGROUND_FROM = 1024 * 1024
const SLOT_SIZE = 256 * 1024
const SLOTS = 32

let background: BackgroundHashes | undefined

/**
 * The hash of a body of that length. S3's ETag is an MD5 and its signed payload a SHA-256, the slowest of all the sums over an
 * upload: for large bodies a second thread computes them, beside everything else that the first one does.
 */
export function createStreamHash(algorithm: HashName, length: number): StreamHash {
  if (length >= BACKGROUND_FROM) return (background ??= new BackgroundHashes()).open(algorithm)
  const hash = createHash(algorithm)
  return { update: data => void hash.update(data), digest: async () => hash.digest(), drop: () => {} }
}

/** A thread that hashes, and the memory shared with it: slots that are filled here, hashed there, and filled again. */
class BackgroundHashes {
  private readonly memory = new SharedArrayBuffer(SLOTS * SLOT_SIZE)
  private readonly worker = new Worker(new URL('./background-hash-worker.ts', import.meta.url), {
    workerData: { memory: this.memory, slotSize: SLOT_SIZE },
  })
  private readonly free = Array.from({ length: SLOTS }, (_, slot) => slot)
  private readonly waiting: { resolve: (slot: number) => void; reject: (error: Error) => void }[] = []
  private readonly digests = new Map<number, { resolve: (hex: string) => void; reject: (error: Error) => void }>()
  private streams = 0

  constructor() {
    this.worker.unref() // it does not keep the program alive
    this.worker.on('message', (message: FromWorker) => this.receive(message))
    this.worker.on('error', error => this.fail(error))
  }

  open(algorithm: HashName): StreamHash {
    const stream = ++this.streams
    let gathered: Buffer[] = []
    let bytes = 0
    // A slot is held on the way to the thread only, never while a slow client is waited for: otherwise a few of those would stop all others.
    const flush = async () => {
      const pieces = gathered
      gathered = []
      bytes = 0
      let slot: number | undefined
      let filled = 0
      for (const piece of pieces) {
        for (let at = 0; at < piece.length; ) {
          slot ??= await this.take()
          const part = piece.subarray(at, at + SLOT_SIZE - filled)
          Buffer.from(this.memory, slot * SLOT_SIZE + filled).set(part)
          filled += part.length
          at += part.length
          if (filled < SLOT_SIZE && piece !== pieces.at(-1)) continue
          this.send({ kind: 'data', algorithm, stream, slot, length: filled })
          slot = undefined
          filled = 0
        }
      }
    }
    return {
      update: data => {
        gathered.push(data)
        bytes += data.length
        return bytes >= SLOT_SIZE ? flush() : undefined
      },
      digest: async () => {
        await flush()
        const hex = await new Promise<string>((resolve, reject) => {
          this.digests.set(stream, { resolve, reject })
          this.send({ kind: 'end', algorithm, stream })
        })
        return Buffer.from(hex, 'hex')
      },
      drop: () => this.send({ kind: 'drop', algorithm, stream }),
    }
  }

  private take(): number | Promise<number> {
    return this.free.pop() ?? new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
  }

  private release(slot: number): void {
    const next = this.waiting.shift()
    if (next) next.resolve(slot)
    else this.free.push(slot)
  }

  private send(message: ToWorker): void {
    this.worker.postMessage(message)
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'free') {
      this.release(message.slot)
      return
    }
    this.digests.get(message.stream)?.resolve(message.hex)
    this.digests.delete(message.stream)
  }

  /** The thread has died: whoever waits for it fails, and the next upload starts another. */
  private fail(error: Error): void {
    background = undefined
    for (const { reject } of [...this.waiting.splice(0), ...this.digests.values()]) reject(error)
    this.digests.clear()
  }
}
