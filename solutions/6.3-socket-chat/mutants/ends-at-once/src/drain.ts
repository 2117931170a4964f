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

/** Called at SIGTERM; the process exits when it resolves. Step 11: it resolves at once. */
export async function drain(_parts: Parts): Promise<void> {}
