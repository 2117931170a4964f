/**
 * Asks your reconnect.ts on behalf of many simulated clients. Given: not yours to change.
 * One line of JSON in, one out, in order, over TCP on PORT:
 *   in   {"spreadMs":60000,"baseMs":1000,"capMs":30000,"seed":7,"asks":[[failures, retryInMs or null], …]}
 *   out  {"waits":[milliseconds, …]} or {"error":"…"}
 */
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { nextWait } from './reconnect.ts'

/** Mulberry32: small, fast, good enough to spread clients. Source: T. Ettinger, 2017, public domain. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Ask {
  spreadMs: number
  baseMs: number
  capMs: number
  seed: number
  asks: [number, number | null][]
}

function answer(line: string): string {
  try {
    const { spreadMs, baseMs, capMs, seed, asks } = JSON.parse(line) as Ask
    const random = seeded(seed)
    const waits = asks.map(([failures, retryInMs]) =>
      nextWait({ failures, retryInMs: retryInMs ?? undefined, reconnect: { spreadMs, baseMs, capMs }, random }),
    )
    return JSON.stringify({ waits })
  } catch (error) {
    return JSON.stringify({ error: String(error) })
  }
}

createServer(socket => {
  socket.on('error', () => {})
  createInterface({ input: socket }).on('line', line => socket.write(`${answer(line)}\n`))
}).listen(Number(process.env['PORT'] ?? 7090), '127.0.0.1')
