/** Docker is needed by some KPIs only: what is missing is a note, never a problem. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { atLeast, LEAST } from '../engines/docker/reachable.ts'
import type { Finding } from './finding.ts'

/** Runs a docker command; resolves to its output, rejects with its message. */
export type RunDocker = (args: string[]) => Promise<string>

const WITHIN_MS = 8_000

const runDocker: RunDocker = async args => {
  try {
    const { stdout } = await promisify(execFile)('docker', args, { timeout: WITHIN_MS, maxBuffer: 1024 * 1024, killSignal: 'SIGKILL' })
    return stdout.trim()
  } catch (error) {
    const { code, killed, stderr } = error as { code?: string | number; killed?: boolean; stderr?: string }
    if (killed) throw new Error(`no answer within ${WITHIN_MS / 1000} s`)
    if (code === 'ENOENT') throw new Error('not installed')
    throw new Error(stderr?.trim().split('\n').at(-1) || `docker ${args[0]} ended with ${code}`)
  }
}

const WITHOUT = 'KPIs that need docker are reported as not run; everything else works'

/** Client, engine and Compose, as new as grading on docker asks for. */
export async function checkDocker(run: RunDocker = runDocker): Promise<Finding[]> {
  let client: string
  try {
    client = await run(['--version'])
  } catch (error) {
    return [
      {
        id: 'docker',
        level: 'note',
        text: `docker: ${(error as Error).message}; ${WITHOUT}`,
        fix: 'install Docker Desktop, or Docker Engine with the compose plugin',
      },
    ]
  }
  const [engine, compose] = await Promise.allSettled([
    run(['version', '--format', '{{.Server.Version}}']),
    run(['compose', 'version', '--short']),
  ])
  return [engineFinding(client, engine), composeFinding(compose)]
}

function engineFinding(client: string, engine: PromiseSettledResult<string>): Finding {
  if (engine.status === 'rejected') {
    const why = (engine.reason as Error).message
    const fix = /permission denied/i.test(why)
      ? 'sudo usermod -aG docker $USER, then log in again'
      : 'start Docker Desktop, or: sudo systemctl start docker'
    return { id: 'docker', level: 'note', text: `docker: the engine does not answer (${why}); ${WITHOUT}`, fix }
  }
  if (!atLeast(engine.value, LEAST.engine))
    return {
      id: 'docker',
      level: 'note',
      text: `docker engine ${engine.value} is too old: 20.10 is needed; ${WITHOUT}`,
      fix: 'update Docker',
    }
  return { id: 'docker', level: 'ok', text: `docker engine ${engine.value} (${client.replace(/, build.*$/, '')})` }
}

function composeFinding(compose: PromiseSettledResult<string>): Finding {
  const fix = `install the compose plugin, version ${LEAST.compose.join('.')} or newer (docker-compose-plugin)`
  if (compose.status === 'rejected') return { id: 'compose', level: 'note', text: `docker compose: the plugin is missing; ${WITHOUT}`, fix }
  if (!atLeast(compose.value, LEAST.compose))
    return {
      id: 'compose',
      level: 'note',
      text: `docker compose ${compose.value} is too old: ${LEAST.compose.join('.')} is needed; ${WITHOUT}`,
      fix,
    }
  return { id: 'compose', level: 'ok', text: `docker compose ${compose.value.replace(/^v/, '')}` }
}
