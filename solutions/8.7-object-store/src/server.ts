import { pathToFileURL } from 'node:url'
import { type RunningObjectStore, startObjectStore } from './object-store.ts'
import { ConfigurationError, optionsFromEnvironment } from './options.ts'

export { type RunningObjectStore, startObjectStore } from './object-store.ts'
export type { ObjectStoreOptions } from './options.ts'

/** The program: options from the environment, one READY line on stdout, SIGTERM and SIGINT stop it cleanly. */
async function main(): Promise<void> {
  let running: RunningObjectStore
  try {
    running = await startObjectStore(optionsFromEnvironment(process.env))
  } catch (error) {
    console.error(error instanceof ConfigurationError ? error.message : `cannot start: ${(error as Error).message}`)
    process.exitCode = error instanceof ConfigurationError ? 64 : 1
    return
  }
  console.log(`READY ${JSON.stringify({ port: running.port, pid: process.pid })}`)
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    running.stop().then(
      () => process.exit(0),
      error => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
