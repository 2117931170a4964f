import { connect, type Socket } from 'node:net'
import { CodedError } from '../errors/coded-error.ts'
import { ERRORS, type ErrorCode } from '../errors/table.ts'
import { eachLine } from './lines.ts'
import type { ServiceEndpoint } from './types.ts'

interface Answer {
  id: number
  value?: unknown
  error?: string
  code?: string
  facts?: Record<string, unknown>
}

/** A connection to the control channel of a service. It does not keep the process alive. */
export class Control {
  readonly #endpoint: ServiceEndpoint
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #socket: Socket | null = null
  #next = 1

  constructor(endpoint: ServiceEndpoint) {
    this.#endpoint = endpoint
  }

  /**
   * Asks for one operation. Throws the coded error of the other side; MR-E-046 when the channel is closed or silent for `withinMs`
   * (default 10,000); a plain Error when the request was wrong, e.g. moving a clock that runs.
   */
  ask<T>(op: string, args: Record<string, unknown> = {}, withinMs = 10_000): Promise<T> {
    const { control, service } = this.#endpoint
    if (!control) throw new Error(`${service} has no control channel on this engine`)
    const id = this.#next++
    const socket = (this.#socket ??= this.#connect(control.port))
    return new Promise<T>((resolve, reject) => {
      const silent = (message: string) => reject(new CodedError('MR-E-046', { service, message }))
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        silent(`"${op}" was not answered within ${withinMs} ms.`)
      }, withinMs)
      this.#waiting.set(id, ({ value, error, code, facts }) => {
        clearTimeout(timer)
        if (error === undefined) resolve(value as T)
        else if (code === 'closed') silent(error)
        else if (code && code in ERRORS) reject(new CodedError(code as ErrorCode, facts))
        else reject(Object.assign(new Error(error), { code }))
      })
      socket.write(`${JSON.stringify({ id, token: control.token, service, op, args })}\n`)
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  #connect(port: number): Socket {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.unref()
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#socket = null
      for (const [id, settle] of this.#waiting) settle({ id, error: 'The control channel was closed.', code: 'closed' })
      this.#waiting.clear()
    })
    eachLine(socket, text => {
      const answer = JSON.parse(text) as Answer
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    })
    return socket
  }
}
