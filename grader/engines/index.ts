import type { EngineName, ServiceName } from '../course/types.ts'
import { startDocker } from './docker/index.ts'
import { startEmbedded } from './embedded/index.ts'
import type { Engine, EngineOptions } from './engine.ts'

/** Every engine by its name; a new one is a folder and a line here. */
const ENGINES: Record<EngineName, (services: readonly ServiceName[], options: EngineOptions) => Promise<Engine>> = {
  embedded: startEmbedded,
  docker: startDocker,
}

/**
 * Start the services of a lab on an engine.
 * @throws CodedError MR-E-040 … when a service does not start, MR-E-120, MR-E-121 without a fit Docker engine
 */
export function startEngine(name: EngineName, services: readonly ServiceName[], options: EngineOptions): Promise<Engine> {
  return ENGINES[name](services, options)
}
