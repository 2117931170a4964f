import { randomBytes } from 'node:crypto'
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { embeddedHost, faultsOf, type Host } from '../host.ts'
import type { ObjectStoreFixture, ServiceEndpoint } from '../types.ts'
import { deleteBuckets, s3Client } from './buckets.ts'

/** A user of the store who reaches the buckets of one prefix only. */
export interface StoreUser {
  accessKey: string
  secretKey: string
  bucketPrefix: string
}

/** How a store makes and removes such users. `add` resolves to what clients are to use. */
export interface StoreUsers {
  add(user: StoreUser): Promise<Pick<StoreUser, 'accessKey' | 'secretKey'>>
  remove(user: StoreUser): Promise<void>
}

/** The store of lab 8.7 manages its users below "/-/users", signed like an object of a bucket "-", which cannot exist. */
function embeddedUsers(endpoint: ServiceEndpoint, host: Host): StoreUsers {
  const admin = adminOf(endpoint)
  const entry = ({ accessKey }: StoreUser) => ({ Bucket: '-', Key: `users/${accessKey}` })
  return {
    async add(user) {
      // So that the user is there from the first moment after a restart.
      await host.setup(user.accessKey, [[JSON.stringify(user)]])
      const { secretKey, bucketPrefix } = user
      await admin.send(new PutObjectCommand({ ...entry(user), Body: JSON.stringify({ secretKey, bucketPrefix }) }))
      return user
    },
    async remove(user) {
      await host.setup(user.accessKey)
      await host.ensure()
      await admin.send(new DeleteObjectCommand(entry(user))).catch(() => {}) // Gone already, if the store was restarted since `setup`.
      admin.destroy()
    },
  }
}

const adminOf = ({ host, port, user, password }: ServiceEndpoint) => s3Client(`http://${host}:${port}`, user, password)

/**
 * Credentials that reach only the buckets of one KPI, whose names begin with `bucketPrefix`. A store that does not answer is brought back
 * first, with its data. `close` deletes those buckets and the user.
 * @throws CodedError MR-E-040 … 046 when the store cannot be brought back
 */
export async function openObjectStore(
  endpoint: ServiceEndpoint,
  kpiId: string,
  host: Host = embeddedHost(endpoint),
  users: StoreUsers = embeddedUsers(endpoint, host),
): Promise<ObjectStoreFixture & { close(): Promise<void> }> {
  await host.ensure()
  const id = randomBytes(3).toString('hex')
  const name = kpiId.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') // biome-ignore format: one line
  const bucketPrefix = `${name.slice(0, 24)}-${id}-`
  const user = { accessKey: `kpi-${id}`, secretKey: randomBytes(18).toString('hex'), bucketPrefix }
  const admin = adminOf(endpoint)
  const { accessKey, secretKey } = await users.add(user)
  return {
    url: `http://${endpoint.host}:${endpoint.port}`,
    inside: { url: `http://${host.inside[0]}` },
    ...{ host: endpoint.host, port: endpoint.port, accessKey, secretKey, bucketPrefix, admin },
    ...faultsOf(host),
    async close() {
      try {
        await host.ensure()
        await users.remove(user)
        await deleteBuckets(admin, bucketPrefix)
      } finally {
        admin.destroy()
        host.close()
      }
    },
  }
}
