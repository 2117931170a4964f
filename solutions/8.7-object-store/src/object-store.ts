import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { Users } from './auth/users.ts'
import { createGateway } from './http/gateway.ts'
import { collect } from './maintenance/collector.ts'
import { every } from './maintenance/schedule.ts'
import { scrub } from './maintenance/scrubber.ts'
import { MetadataNode } from './metadata/metadata-node.ts'
import type { Store } from './operations/store.ts'
import type { ObjectStoreOptions } from './options.ts'
import { ChunkStore } from './storage/chunk-store.ts'
import { lockDirectory } from './storage/directory-lock.ts'
import { type FileSystem, nodeFileSystem } from './storage/file-system.ts'

/** A running store. */
export interface RunningObjectStore {
  readonly port: number
  readonly url: string
  readonly users: Users
  readonly store: Store
  /** Takes no more requests, lets those under way end (or cuts them off after `graceMs`), writes a checkpoint, closes the files. */
  stop(graceMs?: number): Promise<void>
}

/** Opens the storage below the gateway: first the data node, then the metadata node, which tells it what is alive. */
export async function openStore(fs: FileSystem, dataDir: string, volumeSize?: number): Promise<Store> {
  const [chunkDir, metadataDir] = [join(dataDir, 'chunks'), join(dataDir, 'metadata')]
  await fs.makeDirectory(chunkDir)
  await fs.makeDirectory(metadataDir)
  // The directories' own names must be durable before anything in them is acknowledged.
  await fs.syncDirectory(dataDir)
  await fs.syncDirectory(dirname(dataDir))
  const chunks = await ChunkStore.open(fs, chunkDir, volumeSize)
  try {
    return { chunks, metadata: await MetadataNode.open(fs, metadataDir, chunks) }
  } catch (error) {
    await chunks.close()
    throw error
  }
}

/** Starts a store and its gateway. Resolves when connections are accepted. Throws where the directory is in use or damaged, or the port is taken. */
export async function startObjectStore(options: ObjectStoreOptions): Promise<RunningObjectStore> {
  const log = options.log ?? (message => console.error(message))
  const users = new Users([
    { accessKey: options.accessKey, secretKey: options.secretKey, bucketPrefix: '', root: true },
    ...(options.users ?? []).map(user => ({ ...user, root: false })),
  ])
  const unlock = options.fileSystem ? () => {} : lockDirectory(options.dataDir)
  const store = await openStore(options.fileSystem ?? nodeFileSystem, options.dataDir).catch(error => {
    unlock()
    throw error
  })
  const server = createGateway(store, {
    users,
    region: options.region,
    domains: options.domains ?? ['localhost'],
    now: options.now ?? Date.now,
    log,
  })
  const host = options.host ?? '127.0.0.1'
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port ?? 0, host, 1024, resolve)
    })
  } catch (error) {
    await close(store)
    unlock()
    throw error
  }
  const failed = (what: string) => (error: unknown) => log(`${what}: ${error instanceof Error ? error.stack : error}`)
  const collector = every(options.collectSeconds ?? 60, () => collect(store).then(() => {}, failed('collector')))
  const scrubber = every(options.scrubSeconds ?? 0, async () => {
    const report = await scrub(store).catch(failed('scrubber'))
    for (const { name, problem } of report?.damaged ?? []) log(`damaged: ${name}: ${problem}`)
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    users,
    store,
    async stop(graceMs = 5_000) {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeIdleConnections()
      const cutOff = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearTimeout(cutOff)
      await collector.stop()
      await scrubber.stop()
      await store.metadata.checkpoint().catch(failed('checkpoint'))
      await close(store)
      unlock()
    },
  }
}

async function close(store: Store): Promise<void> {
  await store.metadata.close()
  await store.chunks.close()
}
