/** Stands between a program and the object store, passes everything on, and holds one request where the KPI wants it. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { ObjectStoreFixture } from '../../../services/types.ts'

/** Which request is held: on its way to the store, or with the store's answer on its way back. */
export interface Hold {
  matches: (method: string, path: string) => boolean
  when: 'before' | 'after'
}

/** A proxy for one store. What it holds when it is dropped or closed reaches nobody. */
export class StoreGate {
  readonly url: string
  readonly #server: Server
  readonly #store: Pick<ObjectStoreFixture, 'host' | 'port'>
  #hold: (Hold & { reached: () => void; opened: Promise<void> }) | undefined
  #open = () => {}

  private constructor(server: Server, store: Pick<ObjectStoreFixture, 'host' | 'port'>) {
    this.#server = server
    this.#store = store
    this.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    server.on('request', (incoming, answer) => void this.#pass(incoming, answer).catch(() => answer.destroy()))
  }

  static async open(store: Pick<ObjectStoreFixture, 'host' | 'port'>): Promise<StoreGate> {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return new StoreGate(server, store)
  }

  /** Holds the next request that matches; `reached` resolves when it is held, and the others go on. */
  hold(hold: Hold): { reached: Promise<void> } {
    const reached = Promise.withResolvers<void>()
    const opened = Promise.withResolvers<void>()
    this.#hold = { ...hold, reached: reached.resolve, opened: opened.promise }
    this.#open = opened.resolve
    return { reached: reached.promise }
  }

  /** What is held goes nowhere: whoever waits for it is gone. */
  drop(): void {
    this.#hold = undefined
    this.#server.closeAllConnections()
    this.#open()
  }

  close(): Promise<void> {
    this.drop()
    return new Promise(resolve => this.#server.close(() => resolve()))
  }

  async #pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming
    const hold = this.#hold?.matches(method, decodeURIComponent(url)) ? this.#hold : undefined
    if (hold) this.#hold = undefined
    const body: Buffer[] = []
    for await (const chunk of incoming) body.push(chunk as Buffer)
    const stop = async (when: Hold['when']) => {
      if (hold?.when !== when) return
      hold.reached()
      await hold.opened
      // The connection was closed when the hold was dropped: nothing more is passed on.
      if (answer.destroyed || incoming.socket.destroyed) throw new Error('dropped')
    }
    await stop('before')
    const { status, message, given, content } = await this.#ask(method, url, headers, Buffer.concat(body))
    await stop('after')
    answer.writeHead(status, message, given)
    answer.end(content)
  }

  /** The headers go on as they came: the signature covers the host that the program believes it talks to. */
  #ask(method: string, path: string, headers: IncomingMessage['headers'], body: Buffer) {
    const { host, port } = this.#store
    return new Promise<{ status: number; message: string; given: string[]; content: Buffer }>((resolve, reject) => {
      const { 'transfer-encoding': _, connection: __, ...kept } = headers
      const outgoing = request({ host, port, method, path, headers: { ...kept, 'content-length': body.length } }, async incoming => {
        try {
          const content: Buffer[] = []
          for await (const chunk of incoming) content.push(chunk as Buffer)
          resolve({
            status: incoming.statusCode!,
            message: incoming.statusMessage!,
            given: incoming.rawHeaders,
            content: Buffer.concat(content),
          })
        } catch (error) {
          reject(error as Error)
        }
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}
