/** Asks the learner's reconnect.ts through reconnect-server.ts: one line of JSON out, one in. */
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { fail } from '../../../kpi/index.ts'

export interface Reconnect {
  spreadMs: number
  baseMs: number
  capMs: number
}

/** What one client asks: how often it has failed, and what it was told. */
export type Ask = [failures: number, retryInMs: number | null]

/** Asks in one line at most. */
const BATCH = 5000

/** Waits in milliseconds for a list of asks, in order; by `seed`, or by another one at each call. @throws KpiFailure for an answer that is no list of numbers ≥ 0 */
export async function asker(
  port: number,
  reconnect: Reconnect,
  cleanup: (undo: () => unknown) => void,
): Promise<(asks: Ask[], seed?: number) => Promise<number[]>> {
  const socket = connect(port, '127.0.0.1')
  cleanup(() => socket.destroy())
  socket.on('error', () => {})
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  let next = 1
  return async (asks, seed) => {
    const waits: number[] = []
    for (let at = 0; at < asks.length; at += BATCH) {
      const some = asks.slice(at, at + BATCH)
      socket.write(`${JSON.stringify({ ...reconnect, seed: seed ?? next++, asks: some })}\n`)
      const { value, done } = await lines.next()
      const answer = done ? { error: 'reconnect-server ended' } : (JSON.parse(value) as { waits?: number[]; error?: string })
      if (!answer.waits) fail({ subject: 'nextWait()', expected: 'a number of milliseconds', saw: String(answer.error) })
      const odd = answer.waits!.findIndex(wait => typeof wait !== 'number' || !(wait >= 0))
      if (odd >= 0 || answer.waits!.length !== some.length)
        fail({
          subject: `nextWait(failures: ${some[odd]?.[0]}, retryInMs: ${some[odd]?.[1]})`,
          expected: 'a number of milliseconds ≥ 0',
          saw: String(answer.waits![odd]),
        })
      for (const wait of answer.waits!) waits.push(wait)
    }
    return waits
  }
}
