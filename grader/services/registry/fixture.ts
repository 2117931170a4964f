import { Control } from '../control.ts'
import { askJson } from '../json-client.ts'
import type { RegistryFixture, ServiceEndpoint } from '../types.ts'
import { forget, subjects } from './reset.ts'

/**
 * The registry for one KPI; one that does not answer is brought back first. `close` deletes what was registered meanwhile and every
 * setting. Ids go on: one that a KPI has seen never means another schema.
 * @throws CodedError MR-E-040 … 046 when it cannot be brought back
 */
export async function openRegistry(endpoint: ServiceEndpoint): Promise<RegistryFixture & { close(): Promise<void> }> {
  const control = new Control(endpoint)
  if (endpoint.control) await control.ask('ensure', {}, 30_000)
  const { host, port } = endpoint
  const url = `http://${host}:${port}`
  const before = await subjects(url)
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
        await forget(url, subject => !before.includes(subject))
      } finally {
        control.close()
      }
    },
  }
}
