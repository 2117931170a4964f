import { setTimeout as pause } from 'node:timers/promises'

/**
 * Asks again until an answer is there: a service that has just started refuses for a moment.
 * @param ask gives undefined, or throws, as long as it is not so
 * @throws Error with what was seen last after `withinMs`
 */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, withinMs = 60_000): Promise<T> {
  const deadline = performance.now() + withinMs
  let last: unknown = 'no answer'
  for (;;) {
    const answer = await ask().catch(error => {
      last = (error as Error).message
      return undefined
    })
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1000} s (${last})`)
    await pause(200)
  }
}
