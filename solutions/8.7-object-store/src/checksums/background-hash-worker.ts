import { createHash, type Hash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import type { FromWorker, ToWorker } from './background-hash.ts'

/** The thread behind `BackgroundHashes`: hashes slots of the shared memory, in the order in which they come. */
const { memory, slotSize } = workerData as { memory: SharedArrayBuffer; slotSize: number }
const hashes = new Map<number, Hash>()
const send = (message: FromWorker) => parentPort?.postMessage(message)

parentPort?.on('message', (message: ToWorker) => {
  const hash = hashes.get(message.stream) ?? createHash(message.algorithm)
  if (message.kind === 'data') {
    hash.update(Buffer.from(memory, message.slot * slotSize, message.length))
    hashes.set(message.stream, hash)
    send({ kind: 'free', slot: message.slot })
    return
  }
  hashes.delete(message.stream)
  if (message.kind === 'end') send({ kind: 'digest', stream: message.stream, hex: hash.digest('hex') })
})
