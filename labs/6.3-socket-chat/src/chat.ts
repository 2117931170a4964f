/** All connections of this node. */
import { Connection, type Parts } from './connection.ts'
import { outgoing } from './protocol.ts'
import type { Transport, TransportEvents } from './types.ts'

/** Knows who is connected; tells everybody when the store goes or comes. */
export class Chat {
  readonly connections = new Set<Connection>()
  private readonly parts: Parts

  constructor(parts: Parts) {
    this.parts = parts
    parts.store.onChange(up => {
      const status = outgoing({ t: 'status', store: up ? 'up' : 'down' })
      for (const connection of this.connections) if (connection.user !== undefined) connection.send(status)
    })
  }

  /** A peer was admitted. */
  accept(open: (events: TransportEvents) => Transport): Connection {
    const connection = new Connection(this.parts, open, () => this.connections.delete(connection))
    this.connections.add(connection)
    return connection
  }
}
