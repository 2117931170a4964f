import { TopicStore } from './cluster/topic-store.ts'
import { Topics } from './cluster/topics.ts'
import type { BrokerContext } from './context.ts'
import { GroupCoordinator } from './groups/group-coordinator.ts'
import { Housekeeping } from './housekeeping.ts'
import { Metrics } from './metrics.ts'
import { Listener } from './network/listener.ts'
import { type BrokerInput, type BrokerOptions, brokerOptions } from './options.ts'
import { StatusServer } from './status.ts'
import { lockDirectory } from './storage/directory-lock.ts'
import { nodeDisk } from './storage/disk.ts'
import { Handles } from './storage/handles.ts'
import { TxnCoordinator } from './transactions/txn-coordinator.ts'

/** A running broker. */
export interface Broker {
  readonly host: string
  readonly port: number
  readonly statusPort: number | null
  readonly context: BrokerContext
  /** One round of retention, compaction and checkpoints now, for tests and tools. */
  tend(now?: number): Promise<void>
  /** Clean stop: what is open is closed, the log is synced, the next start reads nothing. */
  stop(): Promise<void>
  /** Stops without syncing anything, as a crash would; files stay as they are. */
  kill(): Promise<void>
  /** Resolves with the reason when the node gives up by itself (a sync failed). */
  readonly failed: Promise<unknown>
}

/**
 * Starts a broker: opens the log, rebuilds groups and transactions from the internal topics, then opens the port.
 * @throws when the port is taken or the data directory cannot be used
 */
export async function startBroker(input: BrokerInput): Promise<Broker> {
  const options = brokerOptions(input)
  const unlock = options.disk === nodeDisk ? await lockDirectory(options.dataDir) : async () => {}
  try {
    return await start(options, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

async function start(options: BrokerOptions, unlock: () => Promise<void>): Promise<Broker> {
  const started = performance.now()
  const metrics = new Metrics()
  let fail: (reason: unknown) => void = () => {}
  const failed = new Promise<unknown>(resolve => {
    fail = resolve
  })
  const handles = new Handles(options.disk, options.maxOpenFiles)
  const store = await TopicStore.open(options.disk, options.dataDir)
  const topics = new Topics(store, handles, options.dataDir, {
    defaults: options.topicDefaults,
    maxPartitions: options.maxPartitions,
    host: { checkpointBytes: options.checkpointBytes, onFailure: reason => fail(reason) },
  })
  topics.openAll(Date.now())
  const groups = new GroupCoordinator(topics, options.group)
  const txns = new TxnCoordinator(topics, () => store.nextProducerId(), options.txn)
  const address = { host: options.advertisedHost, port: options.advertisedPort }
  const context: BrokerContext = { options, address, store, topics, groups, txns, metrics }
  txns.onOffsetsMarker = (partition, producerId, commit) => groups.endTransaction(partition, producerId, commit)
  topics.onDeleted = name => void groups.topicDeleted(name).catch(error => options.log(String(error)))
  groups.load()
  await txns.load()

  const openPorts = async () => {
    const listener = await Listener.open(options.host, options.port, () => context)
    address.port ||= listener.port
    try {
      return { listener, status: options.statusPort === null ? null : await StatusServer.open(options.host, options.statusPort, context) }
    } catch (error) {
      await listener.close()
      throw error
    }
  }
  const { listener, status } = await openPorts().catch(error => {
    groups.close()
    txns.close()
    handles.closeAll()
    throw error
  })
  const housekeeping = new Housekeeping(context)
  housekeeping.start()
  metrics.startMs = performance.now() - started
  if (topics.recovery.truncatedBytes > 0) options.log(`recovery cut ${topics.recovery.truncatedBytes} bytes of torn log`)

  const quiet = async () => {
    await housekeeping.stop()
    await status?.close()
    await listener.close()
    groups.close()
    txns.close()
  }
  return {
    host: address.host,
    port: address.port,
    statusPort: status?.port ?? null,
    context,
    failed,
    tend: now => housekeeping.run(now ?? Date.now()),
    async stop() {
      await quiet()
      await Promise.all([...topics.partitions()].map(p => (p.log.needsCheckpoint ? p.log.checkpoint() : undefined)))
      for (const partition of topics.partitions()) partition.dispose()
      handles.closeAll()
      await unlock()
    },
    async kill() {
      for (const partition of topics.partitions()) partition.dispose()
      await quiet()
      handles.closeAll()
      await unlock()
    },
  }
}
