/** Finds the dead. PROTOCOL.md, section 6. */
import type { Connection } from './connection.ts'
import { outgoing } from './protocol.ts'
import type { Config } from './types.ts'

/**
 * One timer for all connections: who is silent is pinged, who stays silent is let go. A peer in a tunnel sends no FIN; only its silence tells.
 * @returns stops it
 */
export function startHeartbeat(connections: ReadonlySet<Connection>, { heartbeatMs }: Config): () => void {
  let n = 0
  const beat = () => {
    const now = performance.now()
    for (const connection of [...connections]) {
      if (connection.user === undefined) {
        if (now - connection.openedAt > 3 * heartbeatMs) connection.fail('hello_timeout')
      } else if (now - connection.heardAt > 2 * heartbeatMs) connection.fail('heartbeat_timeout')
      else if (now - connection.heardAt > heartbeatMs && now - connection.pingedAt > heartbeatMs) {
        connection.pingedAt = now
        connection.send(outgoing({ t: 'ping', n: ++n }))
      }
    }
  }
  const timer = setInterval(beat, heartbeatMs / 4)
  return () => clearInterval(timer)
}
