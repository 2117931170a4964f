import { EventEmitter } from 'node:events'
import type net from 'node:net'
import type { BridgeSocket, SteeredValkey } from './steered-valkey.ts'

/**
 * A client inside the server's process: its connection is no socket, so it works before the port is open. For set-up commands whose
 * replies are one line (status, error, integer) or a bulk string.
 */
export class InnerClient {
  readonly #server: SteeredValkey
  readonly #bridge: BridgeSocket
  #replies = ''

  constructor(server: SteeredValkey) {
    this.#server = server
    const socket = Object.assign(new EventEmitter(), {
      write: (data: Buffer) => {
        this.#replies += data.toString()
        return true
      },
      destroy: () => {},
      destroySoon: () => {},
    })
    this.#bridge = server.attach(socket as unknown as net.Socket)
  }

  /** Runs one command and returns its reply's text. Throws with the server's message when it refuses. */
  run(...args: string[]): string {
    const request = `*${args.length}\r\n${args.map(arg => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`
    this.#replies = ''
    this.#server.feed(this.#bridge, Buffer.from(request))
    this.#server.pump()
    const reply = this.#replies
    if (reply === '') throw new Error(`no reply to ${args[0]}`)
    if (reply.startsWith('-')) throw new Error(reply.slice(1).trim())
    return (reply.startsWith('$') ? reply.slice(reply.indexOf('\r\n') + 2) : reply.slice(1)).trim()
  }
}
