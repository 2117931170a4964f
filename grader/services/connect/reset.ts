import { askJson } from '../json-client.ts'
import type { ServiceEndpoint } from '../types.ts'

/** Removes the connectors that `mine` picks, with their offsets. */
export async function forget(url: string, mine: (name: string) => boolean): Promise<void> {
  for (const name of (await askJson<string[]>(url, '/connectors')).body.filter(mine)) {
    const path = `/connectors/${encodeURIComponent(name)}`
    await askJson(url, `${path}/stop`, 'PUT')
    await askJson(url, `${path}/offsets`, 'DELETE')
    await askJson(url, path, 'DELETE')
  }
}

/** Makes a Connect worker as new. */
export const resetConnect = ({ host, port }: ServiceEndpoint): Promise<void> => forget(`http://${host}:${port}`, () => true)
