import { embeddedHost, faultsOf, type Host } from '../host.ts'
import { askJson } from '../json-client.ts'
import type { ConnectFixture, ServiceEndpoint } from '../types.ts'
import { forget } from './reset.ts'

/**
 * The Connect worker for one KPI; one that does not answer is brought back first. `close` removes the connectors that were made meanwhile,
 * with their offsets.
 * @throws CodedError MR-E-040 … 046 when it cannot be brought back
 */
export async function openConnect(
  endpoint: ServiceEndpoint,
  host: Host = embeddedHost(endpoint),
): Promise<ConnectFixture & { close(): Promise<void> }> {
  await host.ensure()
  const { path = '' } = endpoint
  const url = `http://${endpoint.host}:${endpoint.port}${path}`
  const before = (await askJson<string[]>(url, '/connectors')).body
  return {
    ...{ url, host: endpoint.host, port: endpoint.port },
    inside: { url: `http://${host.inside[0]}${path}` },
    ask: (path, method, body) => askJson(url, path, method, body),
    ...faultsOf(host),
    async close() {
      try {
        await host.ensure()
        await forget(url, name => !before.includes(name))
      } finally {
        host.close()
      }
    },
  }
}
