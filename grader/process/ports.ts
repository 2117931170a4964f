import { createServer } from 'node:net'

/** A TCP port of 127.0.0.1 that was free a moment ago. Whoever can bind port 0 itself should do that instead: nothing reserves this one. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
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
