import { embeddedHost, faultsOf, type Host } from '../host.ts'
import { askJson } from '../json-client.ts'
import type { RegistryFixture, ServiceEndpoint } from '../types.ts'
import { forget, subjects } from './reset.ts'

/**
 * The registry for one KPI; one that does not answer is brought back first. `close` deletes what was registered meanwhile and every
 * setting. Ids go on: one that a KPI has seen never means another schema.
 * @throws CodedError MR-E-040 … 046 when it cannot be brought back
 */
export async function openRegistry(
  endpoint: ServiceEndpoint,
  host: Host = embeddedHost(endpoint),
): Promise<RegistryFixture & { close(): Promise<void> }> {
  await host.ensure()
  const { path = '' } = endpoint
  const url = `http://${endpoint.host}:${endpoint.port}${path}`
  const before = await subjects(url)
  return {
    ...{ url, host: endpoint.host, port: endpoint.port },
    inside: { url: `http://${host.inside[0]}${path}` },
    ask: (path, method, body) => askJson(url, path, method, body),
    ...faultsOf(host),
    async close() {
      try {
        await host.ensure()
        await forget(url, subject => !before.includes(subject))
      } finally {
        host.close()
      }
    },
  }
}
