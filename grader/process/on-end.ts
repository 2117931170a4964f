/** Ctrl-C, a closed terminal or `kill`: clean up once, then end with the shell's convention (128 + signal). */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Milliseconds that clean-up may take; what it leaves then is ended by the wardens and host processes when our pipes close. */
const LIMIT = 5000

/**
 * Run `cleanUp` when this process is told to end, then exit. A second Ctrl-C ends it at once.
 * @returns a function that takes the handlers off again
 */
export function onEnd(cleanUp: () => Promise<void>): () => void {
  let ending = false
  const handlers = Object.entries(SIGNALS).map(([signal, code]) => {
    const handler = () => {
      if (ending) process.exit(code)
      ending = true
      setTimeout(() => process.exit(code), LIMIT).unref()
      cleanUp().finally(() => process.exit(code))
    }
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return () => {
    for (const off of handlers) off()
  }
}
