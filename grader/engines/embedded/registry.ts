import type { ServiceName } from '../../course/types.ts'
import type { EmbeddedService } from '../../services/embedded.ts'

/** The services of the embedded engine; each is loaded only when a lab names it. */
export const REGISTRY: Partial<Record<ServiceName, () => Promise<EmbeddedService>>> = {
  postgres: async () => (await import('../../services/postgres/embedded.ts')).postgres,
  kafka: async () => (await import('../../services/kafka/embedded.ts')).kafka,
  'object-store': async () => (await import('../../services/object-store/embedded.ts')).objectStore,
  registry: async () => (await import('../../services/registry/embedded.ts')).registry,
  connect: async () => (await import('../../services/connect/embedded.ts')).connect,
  valkey: async () => (await import('../../services/valkey/embedded.ts')).valkey,
}
