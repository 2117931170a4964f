/** The end of a node that was told to end. PROTOCOL.md, section 8. */
import type { Server as HttpServer } from 'node:http'
import type { Server } from 'node:net'
import type { Admission } from './admission.ts'
import type { Chat } from './chat.ts'
import type { Presence } from './presence.ts'
import type { Store } from './store.ts'
import type { Config } from './types.ts'

export interface Parts {
  tcp: Server
  http: HttpServer
  admission: Admission
  chat: Chat
  presence: Presence
  store: Store
  config: Config
}

/**
 * Nobody new comes in; everybody gets the answers that are due, a time to come back, and the end. Takes at most DRAIN_MS: a peer that does not read
 * does not keep us.
 */
export async function drain({ tcp, http, admission, chat, presence, store, config }: Parts): Promise<void> {
  const gone = new Promise<void>(resolve => tcp.close(() => resolve()))
  admission.close()
  const connections = [...chat.connections]
  // Spread, or the other nodes get the herd at once.
  const goodbyes = connections.map(connection => connection.drain(Math.floor(Math.random() * (config.reconnect.spreadMs + 1))))
  await Promise.all(goodbyes)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => (timer = setTimeout(resolve, config.drainMs)))
  await Promise.race([presence.close(), late])
  await Promise.race([gone, late])
  clearTimeout(timer)
  http.closeAllConnections()
  http.close()
  store.close()
}
