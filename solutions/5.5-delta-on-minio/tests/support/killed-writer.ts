import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const PROGRAM = new URL('../concurrency/writer.ts', import.meta.url).pathname

/** What one writer was told. */
export interface Ledger {
  /** The version of every n that was acknowledged as committed. */
  readonly acknowledged: Map<number, number>
  readonly kills: number
}

/** How a writer is run. */
export interface WriterRun {
  readonly endpoint: string
  readonly mode: 'append' | 'merge'
  readonly name: string
  readonly last: number
  readonly kills: number
  readonly random: () => number
  readonly compileCache: string
}

/** Runs one writer to its end; kills it `kills` times, a random moment after a random acknowledgement, and starts it where its ledger ends. */
export async function runWriter({ endpoint, mode, name, last, kills: wanted, random, compileCache }: WriterRun): Promise<Ledger> {
  const acknowledged = new Map<number, number>()
  let kills = 0
  for (let next = 0; next <= last; ) {
    const env = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache }
    const child = spawn(process.execPath, [PROGRAM, endpoint, mode, name, String(next), String(last)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', data => (errors += data))
    const ended = new Promise<NodeJS.Signals | number | null>(resolve => child.once('close', (code, signal) => resolve(signal ?? code)))
    let left = kills < wanted ? 1 + Math.floor(random() * 3) : Number.POSITIVE_INFINITY
    for await (const line of createInterface({ input: child.stdout })) {
      const { n, version, committed } = JSON.parse(line) as { n: number; version: number; committed: boolean }
      // What had been committed when its writer was killed is found by its txn, and says committed: false.
      if (committed) acknowledged.set(n, version)
      next = n + 1
      if (--left === 0) setTimeout(() => child.kill('SIGKILL'), random() * 30)
    }
    const how = await ended
    if (how !== 0 && how !== 'SIGKILL') throw new Error(`writer ${name} ended with ${how}: ${errors}`)
    if (how === 'SIGKILL') kills++
  }
  return { acknowledged, kills }
}

/** Small deterministic generator (mulberry32), 0 to 1. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
