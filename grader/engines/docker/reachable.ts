/** Is there an engine, and is it new enough? */
import { CodedError } from '../../errors/coded-error.ts'
import { askDocker, type DockerFailure } from './client.ts'

/** What the engine says of itself. */
export interface EngineFacts {
  version: string
  /** As in image names: "amd64", "arm64". */
  arch: string
  /** Of the compose plugin; undefined when it is missing. */
  compose: string | undefined
}

/** The engine must know what compose and our flags need; `!override` and `!reset` in a compose file came with Compose 2.24.4. */
export const LEAST = { engine: [20, 10, 0], compose: [2, 24, 4] }

/** Is a version ("v2.26.1-4") at least [major, minor, patch]? */
export function atLeast(version: string, least: readonly number[]): boolean {
  const parts = version.replace(/^v/, '').split(/[.+-]/).map(Number)
  for (const [i, want] of least.entries()) {
    const have = parts[i] ?? 0
    if (have !== want) return have > want
  }
  return true
}

/** Ask once: facts, or in words why there are none. Never throws; at most 8 s. */
export async function lookForEngine(): Promise<EngineFacts | string> {
  try {
    const [engine, compose] = await Promise.all([
      askDocker(['version', '--format', '{{.Server.Version}} {{.Server.Arch}}'], { within: 8_000 }),
      askDocker(['compose', 'version', '--short'], { within: 8_000 }),
    ])
    if (engine.code !== 0) return engine.stderr.trim().split('\n').at(-1) || 'the engine does not answer'
    const [version = '', arch = ''] = engine.stdout.trim().split(' ')
    return { version, arch, compose: compose.code === 0 ? compose.stdout.trim().replace(/^v/, '') : undefined }
  } catch (error) {
    return (error as DockerFailure).said ?? String(error)
  }
}

/**
 * The engine's facts, when it and its compose plugin can run what the course needs.
 * @throws CodedError MR-E-120 when no engine answers, MR-E-121 when the engine or Compose is too old or Compose is missing
 */
export async function requireEngine(): Promise<EngineFacts> {
  const found = await lookForEngine()
  if (typeof found === 'string') throw new CodedError('MR-E-120', { message: found.replace(/[.?!]+$/, '') })
  if (!atLeast(found.version, LEAST.engine)) throw new CodedError('MR-E-121', { what: `Docker Engine ${found.version}`, least: '20.10' })
  if (!found.compose || !atLeast(found.compose, LEAST.compose))
    throw new CodedError('MR-E-121', {
      what: found.compose ? `Docker Compose ${found.compose}` : 'Docker without Compose',
      least: '2.24.4',
    })
  return found
}
