import type { EngineName, ServiceName } from '../course/types.ts'
import { CodedError } from '../errors/coded-error.ts'
import { startDocker } from './docker/index.ts'
import { startEmbedded } from './embedded/index.ts'
import type { Engine, EngineOptions } from './engine.ts'

/** Every engine by its name; a new one is a folder and a line here. */
const ENGINES: Partial<Record<EngineName, (services: readonly ServiceName[], options: EngineOptions) => Promise<Engine>>> = {
  embedded: startEmbedded,
  docker: startDocker,
}

/** Is the engine part of this version? */
export const hasEngine = (name: EngineName): boolean => name in ENGINES

/**
 * Start the services of a lab on an engine.
 * @throws CodedError MR-E-061 for an engine that this version does not have, MR-E-040 … when a service does not start
 */
export function startEngine(name: EngineName, services: readonly ServiceName[], options: EngineOptions): Promise<Engine> {
  const start = ENGINES[name]
  if (!start) throw new CodedError('MR-E-061', { engine: name })
  return start(services, options)
}
