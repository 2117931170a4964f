/** Waits until `condition` gives something truthy; at the deadline it says what it saw last. */
export async function eventually<T>(condition: () => T | Promise<T>, what: string, ms = 10_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + ms
  let last: unknown
  for (;;) {
    last = await condition()
    if (last) return last as NonNullable<T>
    if (Date.now() > deadline) throw new Error(`${what}: not within ${ms} ms; last seen: ${JSON.stringify(last)}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
