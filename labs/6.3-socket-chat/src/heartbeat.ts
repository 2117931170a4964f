/** Finds the dead. PROTOCOL.md, section 6. */
import type { Connection } from './connection.ts'
import type { Config } from './types.ts'

/**
 * Step 6: nobody is ever pinged, and nobody ever gone.
 * @returns stops it
 */
export function startHeartbeat(_connections: ReadonlySet<Connection>, _config: Config): () => void {
  return () => {}
}
