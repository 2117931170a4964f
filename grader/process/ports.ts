import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the ranges from which systems take ports for outgoing connections (Linux 32768 up, macOS and Windows 49152 up). */
const RANGE = { from: 15_000, to: 31_999 }

const bind = (port: number): Promise<number | undefined> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const bound = (server.address() as { port: number }).port
      server.close(() => resolve(bound))
    })
  })

/**
 * A TCP port of 127.0.0.1 that was free a moment ago, outside the range of outgoing connections, so that none of those takes it before the
 * program listens. Whoever can bind port 0 itself should do that instead: nothing reserves this one.
 * @throws when the system gives none at all
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = await bind(randomInt(RANGE.from, RANGE.to + 1))
    if (port !== undefined) return port
  }
  const any = await bind(0)
  if (any === undefined) throw new Error('no free port on 127.0.0.1')
  return any
}

/** Waits until a port of 127.0.0.1 can be bound; throws the system's error (EADDRINUSE) when it still cannot after `withinMs`. */
export async function portIsFree(port: number, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const error = await new Promise<Error | undefined>(resolve => {
      const server = createServer()
      server.once('error', resolve)
      server.listen(port, '127.0.0.1', () => server.close(resolve))
    })
    if (!error) return
    if (performance.now() > deadline) throw error
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
