import { randomBytes } from 'node:crypto'
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { Control } from '../control.ts'
import type { ObjectStoreFixture, ServiceEndpoint } from '../types.ts'
import { deleteBuckets, s3Client } from './buckets.ts'

/**
 * Credentials that reach only the buckets of one KPI, whose names begin with `bucketPrefix`. A store that does not answer is brought back
 * first, with its data. `close` deletes those buckets and the user.
 * @throws CodedError MR-E-040 … 046 when the store cannot be brought back
 */
export async function openObjectStore(endpoint: ServiceEndpoint, kpiId: string): Promise<ObjectStoreFixture & { close(): Promise<void> }> {
  const control = new Control(endpoint)
  if (endpoint.control) await control.ask('ensure', {}, 30_000)
  const { host, port } = endpoint
  const url = `http://${host}:${port}`
  const id = randomBytes(3).toString('hex')
  const accessKey = `kpi-${id}`
  const secretKey = randomBytes(18).toString('hex')
  const name = kpiId.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') // biome-ignore format: one line
  const bucketPrefix = `${name.slice(0, 24)}-${id}-`
  const admin = s3Client(url, endpoint.user, endpoint.password)
  const user = { accessKey, secretKey, bucketPrefix }
  if (endpoint.control) await control.ask('setup', { owner: accessKey, commands: [[JSON.stringify(user)]] })
  // The store's users are managed below "/-/users", signed like an object of a bucket "-", which cannot exist.
  const entry = { Bucket: '-', Key: `users/${accessKey}` }
  await admin.send(new PutObjectCommand({ ...entry, Body: JSON.stringify({ secretKey, bucketPrefix }) }))
  return {
    ...{ url, host, port, accessKey, secretKey, bucketPrefix, admin },
    restart: () => control.ask('restart', {}, 30_000),
    start: () => control.ask('start', {}, 30_000),
    pause: () => control.ask('pause'),
    resume: () => control.ask('resume'),
    kill: () => control.ask('kill'),
    async close() {
      try {
        if (endpoint.control) {
          await control.ask('setup', { owner: accessKey })
          await control.ask('resume')
          await control.ask('ensure', {}, 30_000)
        }
        await admin.send(new DeleteObjectCommand(entry)).catch(() => {}) // Gone already, if the store was restarted since `setup`.
        await deleteBuckets(admin, bucketPrefix)
      } finally {
        admin.destroy()
        control.close()
      }
    },
  }
}
