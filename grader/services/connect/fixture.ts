import { Control } from '../control.ts'
import { askJson } from '../json-client.ts'
import type { ConnectFixture, ServiceEndpoint } from '../types.ts'
import { forget } from './reset.ts'

/**
 * The Connect worker for one KPI; one that does not answer is brought back first. `close` removes the connectors that were made meanwhile,
 * with their offsets.
 * @throws CodedError MR-E-040 … 046 when it cannot be brought back
 */
export async function openConnect(endpoint: ServiceEndpoint): Promise<ConnectFixture & { close(): Promise<void> }> {
  const control = new Control(endpoint)
  if (endpoint.control) await control.ask('ensure', {}, 30_000)
  const { host, port } = endpoint
  const url = `http://${host}:${port}`
  const before = (await askJson<string[]>(url, '/connectors')).body
  return {
    ...{ url, host, port },
    ask: (path, method, body) => askJson(url, path, method, body),
    restart: () => control.ask('restart', {}, 30_000),
    start: () => control.ask('start', {}, 30_000),
    pause: () => control.ask('pause'),
    resume: () => control.ask('resume'),
    kill: () => control.ask('kill'),
    async close() {
      try {
        if (endpoint.control) {
          await control.ask('resume')
          await control.ask('ensure', {}, 30_000)
        }
        await forget(url, name => !before.includes(name))
      } finally {
        control.close()
      }
    },
  }
}
