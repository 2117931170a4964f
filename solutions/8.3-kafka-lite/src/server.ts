import module from 'node:module'

// Node strips the types of each file at every start; with its compile cache it does so once.
module.enableCompileCache?.()

const { startBroker } = await import('./broker.ts')
const { optionsFromEnv } = await import('./options.ts')

export { startBroker }

/** Runs the broker from the environment; see README.md for the variables. */
async function main(): Promise<void> {
  const broker = await startBroker({ ...optionsFromEnv(process.env), log: line => console.error(line) })
  const stop = async () => {
    await broker.stop()
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop())
  process.once('SIGINT', () => void stop())
  void broker.failed.then(error => {
    console.error(`the log cannot be written any more, giving up: ${error}`)
    process.exit(1)
  })
  console.log(`READY ${JSON.stringify({ port: broker.port, statusPort: broker.statusPort, pid: process.pid })}`)
}

if (import.meta.main) {
  main().catch(error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })
}
