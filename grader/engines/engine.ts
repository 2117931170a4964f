import type { RunningService, ServiceEndpoint } from '../services/types.ts'

/** What every engine is started with. */
export interface EngineOptions {
  /** Marks every process of the run. */
  runId: string
  /** The run's folder (`openRunDir`); services keep their data and logs in it. */
  runDir: string
  onProgress?: (text: string) => void
}

/** A set of running services. */
export interface Engine {
  services: RunningService[]
  /** Plain data for the KPI worker, in the order asked for. */
  endpoints: ServiceEndpoint[]
  /** Versions of what the engine stands on, for the results. */
  facts?: Record<string, string>
  /** Bring back, on the same port, what no longer answers. */
  ensureHealthy(): Promise<void>
  /** Between runs that share this engine: every database, user and key of the run before goes, clocks are released. */
  reset(): Promise<void>
  /** `killed`: a worker may have been killed in the middle of a KPI, so what it asked for may still come. */
  stop(how?: { killed?: boolean }): Promise<void>
}
