import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:net'
import { CodedError } from '../../errors/coded-error.ts'
import { eachLine } from '../../services/lines.ts'
import type { Supervised } from './supervised.ts'

type Args = Record<string, unknown>

/** What the grader can ask of any service; every other operation is the service's own. */
const OPERATIONS: Record<string, (service: Supervised, args: Args) => unknown> = {
  hello: () => 'here',
  start: service => service.start(),
  kill: service => service.kill(),
  restart: service => service.restart(),
  pause: service => service.pause(),
  resume: service => service.resume(),
  healthy: service => service.healthy(),
  ensure: service => service.ensure(),
  setup: (service, args) => service.setup(String(args.owner), (args.commands as string[][] | undefined) ?? null),
}

const digest = (text: unknown) => createHash('sha256').update(String(text)).digest()

/**
 * The loopback control channel: newline-delimited JSON `{ id, token, service, op, args }`, answered with `{ id, value }` or
 * `{ id, error, code?, facts? }`. A wrong token ends the connection. Resolves with the port.
 */
export function serveControl(port: number, token: string, services: ReadonlyMap<string, Supervised>): Promise<number> {
  const expected = digest(token)
  const server = createServer({ noDelay: true }, socket => {
    socket.on('error', () => {})
    eachLine(socket, async text => {
      let id = 0
      try {
        const request = JSON.parse(text) as { id: number; token: string; service: string; op: string; args?: Args }
        if (!timingSafeEqual(digest(request.token), expected)) return socket.destroy()
        id = request.id
        const service = services.get(request.service)
        if (!service) throw new Error(`there is no service "${request.service}"`)
        const args = request.args ?? {}
        const value = await (OPERATIONS[request.op]?.(service, args) ??
          (request.op in OPERATIONS ? null : service.request(request.op, args)))
        socket.write(`${JSON.stringify({ id, value: value ?? null })}\n`)
      } catch (error) {
        if (id === 0) return socket.destroy()
        const { code, facts } = error instanceof CodedError ? error : { code: (error as NodeJS.ErrnoException).code, facts: undefined }
        socket.write(`${JSON.stringify({ id, error: (error as Error).message, code, facts })}\n`)
      }
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
}
