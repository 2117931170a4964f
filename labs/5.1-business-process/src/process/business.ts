import type { SimulateConfig } from '../config.ts'

/** How many business events this process committed, by kind. */
export type BusinessReport = Record<'load' | 'depart' | 'reading' | 'arrive' | 'deliver', number>

/**
 * Makes the tables and rules of the process (once, whoever comes first), then lets `config.workers` workers do one business event after
 * another, each in a transaction of its own, until no vehicle has anything left to do or `config.events` are done.
 */
export async function runBusiness(config: SimulateConfig): Promise<BusinessReport> {
  throw new Error(`src/process/business.ts: ${config.workers} workers have nothing to do yet`)
}
