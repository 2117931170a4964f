/** Starts each embedded service once: what the first grade would wait for is ready afterwards, and a machine that cannot run it is known. */
import type { ServiceName } from '../course/types.ts'
import { startEmbedded } from '../engines/embedded/index.ts'
import { CodedError } from '../errors/coded-error.ts'
import { openRunDir } from '../process/run.ts'
import type { Finding } from './finding.ts'

/** Services with an embedded host. */
const EMBEDDED: ServiceName[] = ['valkey', 'postgres', 'kafka', 'object-store']

/** One finding a service: its version, or why it does not start here. */
export async function warmServices(onProgress: (text: string) => void, names: readonly ServiceName[] = EMBEDDED): Promise<Finding[]> {
  const run = openRunDir()
  const findings: Finding[] = []
  try {
    for (const name of names) {
      onProgress(`starting ${name}`)
      findings.push(await tryService(name, run))
    }
  } finally {
    await run.close()
  }
  return findings
}

async function tryService(name: ServiceName, run: { id: string; dir: string }): Promise<Finding> {
  const began = performance.now()
  try {
    const engine = await startEmbedded([name], { runId: run.id, runDir: run.dir })
    const seconds = ((performance.now() - began) / 1000).toFixed(2)
    await engine.stop()
    return { id: name, level: 'ok', text: `${engine.endpoints[0]!.version} starts (${seconds} s)` }
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    return { id: name, level: 'problem', text: `${error.code} ${error.errorTitle}`, fix: error.fix }
  }
}
