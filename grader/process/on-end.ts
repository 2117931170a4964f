const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
/** Milliseconds that clean-up may take before the process ends regardless; wardens do the rest. */
const WITHIN = 5_000
const registered = new Set<() => Promise<void>>()

async function end(signal: keyof typeof SIGNALS): Promise<void> {
  // A second Ctrl-C ends it at once.
  for (const name of Object.keys(SIGNALS)) process.once(name, () => process.exit(SIGNALS[signal]))
  setTimeout(() => process.exit(SIGNALS[signal]), WITHIN).unref()
  await Promise.allSettled([...registered].reverse().map(clean => clean()))
  process.exit(SIGNALS[signal])
}

const listeners = Object.keys(SIGNALS).map(name => [name, () => void end(name as keyof typeof SIGNALS)] as const)

/**
 * Registers clean-up for Ctrl-C, SIGTERM and SIGHUP: it is awaited (5 s at most), then the process exits with 128 + the signal's number.
 * Returns a function that takes it back.
 */
export function onEnd(clean: () => Promise<void>): () => void {
  if (registered.size === 0) for (const [name, listener] of listeners) process.once(name, listener)
  registered.add(clean)
  return () => {
    registered.delete(clean)
    if (registered.size === 0) for (const [name, listener] of listeners) process.off(name, listener)
  }
}
