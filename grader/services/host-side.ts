/** The inside of a service's host process: newline-delimited JSON requests on standard input, answers on standard output. */
import { eachLine } from './lines.ts'

export type Args = Record<string, unknown>

/**
 * Serves requests `{ id, op, args }` with `{ id, value }` or `{ id, error, code? }`, one after the other. Ends the process when standard
 * input closes: whoever started this host is gone. Ctrl-C and hang-up are left to that owner.
 */
export function serveHost(handlers: Record<string, (args: Args) => unknown>): void {
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {})
  let last: Promise<void> = Promise.resolve()
  eachLine(process.stdin, text => {
    last = last.then(async () => {
      const { id, op, args } = JSON.parse(text) as { id: number; op: string; args: Args }
      try {
        const handler = handlers[op]
        if (!handler) throw new Error(`this service has no operation "${op}"`)
        process.stdout.write(`${JSON.stringify({ id, value: (await handler(args)) ?? null })}\n`)
      } catch (error) {
        const { message, code } = error as NodeJS.ErrnoException
        process.stdout.write(`${JSON.stringify({ id, error: message, code })}\n`)
      }
    })
  })
  process.stdin.once('close', () => process.exit(0))
  process.stdout.on('error', () => process.exit(0))
}
