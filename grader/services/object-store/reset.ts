import type { ServiceEndpoint } from '../types.ts'
import { deleteBuckets, s3Client } from './buckets.ts'

/** Makes an object store as new: every bucket goes. (Users of ended KPIs are gone already; nobody knows their keys.) */
export async function resetObjectStore({ host, port, user, password }: ServiceEndpoint): Promise<void> {
  const admin = s3Client(`http://${host}:${port}`, user, password)
  try {
    await deleteBuckets(admin, '')
  } finally {
    admin.destroy()
  }
}
