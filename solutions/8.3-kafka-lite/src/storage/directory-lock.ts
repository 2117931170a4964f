import { createHash } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'

/**
 * Makes sure that one node alone uses a data directory: two would write over each other. On Linux by an abstract socket named after
 * the directory, which the kernel frees when the process dies, however it dies; elsewhere there is no such thing and nothing is done.
 * Returns the function that gives the directory free. @throws Error when another process has it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  if (process.platform !== 'linux') return async () => {}
  fs.mkdirSync(directory, { recursive: true })
  const name = createHash('sha256').update(fs.realpathSync(directory)).digest('hex').slice(0, 32)
  const server = net.createServer(socket => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', () =>
      reject(new Error(`another node uses the data directory ${directory}; stop it, or set DATA_DIR to another one`)),
    )
    server.listen(`\0kafka-lite-${name}`, resolve)
  })
  server.unref()
  return () => new Promise(resolve => server.close(() => resolve()))
}
