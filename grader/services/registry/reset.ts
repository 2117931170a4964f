import { askJson } from '../json-client.ts'
import type { ServiceEndpoint } from '../types.ts'

/** Every subject, deleted ones included. */
export const subjects = async (url: string): Promise<string[]> => (await askJson<string[]>(url, '/subjects?deleted=true')).body

/** Deletes the subjects that `mine` picks for good, and sets everything that can be set back. */
export async function forget(url: string, mine: (subject: string) => boolean): Promise<void> {
  await askJson(url, '/mode', 'PUT', { mode: 'READWRITE' })
  await askJson(url, '/config', 'DELETE')
  for (const subject of (await subjects(url)).filter(mine)) {
    const path = `/subjects/${encodeURIComponent(subject)}`
    await askJson(url, `/mode/${encodeURIComponent(subject)}`, 'DELETE')
    await askJson(url, path, 'DELETE')
    await askJson(url, `${path}?permanent=true`, 'DELETE')
  }
}

/** Makes a registry as new. */
export const resetRegistry = ({ host, port, path = '' }: ServiceEndpoint): Promise<void> =>
  forget(`http://${host}:${port}${path}`, () => true)
