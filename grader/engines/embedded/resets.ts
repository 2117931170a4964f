import type { ServiceName } from '../../course/types.ts'
import type { Control } from '../../services/control.ts'
import type { ServiceEndpoint } from '../../services/types.ts'

/** How each service is made as new between runs. */
export const RESETS: Partial<Record<ServiceName, (endpoint: ServiceEndpoint, control: Control) => Promise<void>>> = {
  postgres: async endpoint => (await import('../../services/postgres/reset.ts')).resetPostgres(endpoint),
  kafka: async endpoint => (await import('../../services/kafka/reset.ts')).resetKafka(endpoint),
  'object-store': async endpoint => (await import('../../services/object-store/reset.ts')).resetObjectStore(endpoint),
  registry: async endpoint => (await import('../../services/registry/reset.ts')).resetRegistry(endpoint),
  connect: async endpoint => (await import('../../services/connect/reset.ts')).resetConnect(endpoint),
  valkey: async (_endpoint, control) => (await import('../../services/valkey/reset.ts')).resetValkey(control),
}
