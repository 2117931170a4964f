import type pg from 'pg'
import { expect, test } from 'vitest'
import { newMarker } from './marker.ts'

/** Seconds of event time for which the rules hold a truck's next alert back: RATE_HOLD_OFF_SECONDS of lab 3.3, which the platform leaves as it is. */
const HOLD_OFF = 300

/** What `INSERT INTO smoke_runs … RETURNING` answers when runs follow each other at once: `base` grows by the statement's own distance. */
function database(): pg.ClientBase {
  let [n, base] = [0, 1_780_000_000]
  return {
    query: async (_: string, [, apart]: [string, number]) => {
      n += 1
      base += apart
      return { rows: [{ n, base }] }
    },
  } as unknown as pg.ClientBase
}

test('a truck that has raised an alert raises none for another run before the rules let it', async () => {
  const client = database()
  const last = new Map<string, number>()
  for (let run = 0; run < 200; run++) {
    const { vehicleId, dueAt } = await newMarker(client)
    const before = last.get(vehicleId)
    if (before !== undefined)
      expect((dueAt - before) / 1000, `seconds of event time between two alerts of ${vehicleId}`).toBeGreaterThanOrEqual(HOLD_OFF)
    last.set(vehicleId, dueAt)
  }
})
