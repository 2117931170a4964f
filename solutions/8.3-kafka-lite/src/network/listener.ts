import net from 'node:net'
import type { BrokerContext } from '../context.ts'
import { MalformedFrameError } from '../protocol/errors.ts'
import { Connection, type ConnectionHost } from './connection.ts'
import { dispatch } from './dispatch.ts'

/** The open port: accepts connections up to the limit and hands their frames to the dispatcher. */
export class Listener {
  readonly #server: net.Server
  readonly #connections = new Set<Connection>()

  private constructor(server: net.Server) {
    this.#server = server
  }

  /** Opens the port. `context` is asked for late, because the port is part of it. @throws the error of listen, EADDRINUSE for one */
  static async open(host: string, port: number, context: () => BrokerContext): Promise<Listener> {
    const server = net.createServer()
    const listener = new Listener(server)
    server.on('connection', socket => {
      const { options, metrics } = context()
      if (listener.#connections.size >= options.maxConnections) {
        metrics.connectionsRefused++
        socket.destroy()
        return
      }
      listener.#connections.add(new Connection(socket, listener.#host(context())))
      metrics.connections = listener.#connections.size
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        resolve()
      })
    })
    return listener
  }

  #host(context: BrokerContext): ConnectionHost {
    const { options, metrics } = context
    return {
      maxRequestBytes: options.maxRequestBytes,
      idleMs: options.connectionIdleMs,
      handle: (frame, connection) => dispatch(context, frame, connection),
      hold: delta => {
        metrics.heldBytes += delta
        return metrics.heldBytes <= options.maxHeldBytes
      },
      closed: (connection, error) => {
        this.#connections.delete(connection)
        metrics.connections = this.#connections.size
        if (error instanceof MalformedFrameError) metrics.malformedFrames++
        else if (error && !(error as NodeJS.ErrnoException).code)
          options.log(`${connection.clientHost} ${connection.clientId}: ${error.stack}`)
      },
    }
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port
  }

  /** Accepts no more and closes what is open. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    for (const connection of this.#connections) connection.close()
    await closed
  }
}
