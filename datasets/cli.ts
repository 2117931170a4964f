import { helpText, parseCommand } from './arguments.ts'
import { DataError } from './errors.ts'
import { writeDataset } from './write/dataset.ts'
import { group, Progress } from './write/progress.ts'

/** Exit codes: 0 written, 1 could not be written, 2 the command is wrong, 128 + signal when interrupted. */
async function main(argv: readonly string[]): Promise<number> {
  const command = parseCommand(argv)
  if (command.help) {
    process.stdout.write(helpText())
    return 0
  }
  const stop = new AbortController()
  let signalCode = 0
  const interrupt = (code: number) => () => {
    signalCode = code
    stop.abort()
  }
  process.once('SIGINT', interrupt(130)).once('SIGTERM', interrupt(143)).once('SIGHUP', interrupt(129))

  const progress = new Progress(process.stderr)
  try {
    const { generate, out, format, force } = command
    const onProgress = (rows: number, total: number): void => progress.update(rows, total)
    const manifest = await writeDataset(generate, { out, format, force, onProgress, signal: stop.signal })
    progress.done()
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
    const alerts = Object.values(manifest.alerts).reduce((sum, count) => sum + count, 0)
    process.stdout.write(
      `${out}: ${group(manifest.settings.readings)} readings, ${group(manifest.settings.shipments)} shipments, ${group(alerts)} alerts due; ` +
        `${(bytes / 1e6).toFixed(1)} MB in ${progress.seconds} s; size ${manifest.size}, seed ${manifest.seed}\n`,
    )
    return 0
  } catch (error) {
    progress.done()
    if (signalCode !== 0 && error instanceof DataError) process.stderr.write(`${error.message}\n  → ${error.fix}\n`)
    else throw error
    return signalCode
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof DataError)) throw error
  process.stderr.write(`${error.message}\n  → ${error.fix}\n`)
  process.exitCode = ['MR-D-001', 'MR-D-002', 'MR-D-003'].includes(error.code) ? 2 : 1
}
