/** Warnings of Node.js about libraries we use, which harm nothing: who reads them below a verdict would take them for their own mistake. */

/** kafkajs 2.2.4 now and then sets a timer for a moment that is past; Node 24 and later say so. */
const KNOWN = new Set(['TimeoutNegativeWarning'])

/** From now on, this process prints all warnings but the known ones. */
export function leaveOutKnownWarnings(): void {
  const print = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', warning => {
    if (!KNOWN.has(warning.name)) for (const each of print) each(warning)
  })
}
