/** One JSON line an event, on standard output. Given. */
const LEVELS = ['debug', 'info', 'warn', 'error'] as const

export type Level = (typeof LEVELS)[number]

let least: Level = 'info'

/** Lines below this level are not written. */
export function setLevel(level: Level): void {
  least = level
}

/** Writes one line, unless its level is below the least. */
export function log(level: Level, event: string, facts: Record<string, unknown> = {}): void {
  if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return
  console.log(JSON.stringify({ time: new Date().toISOString(), level, event, ...facts }))
}
