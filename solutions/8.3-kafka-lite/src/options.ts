import type { GroupOptions } from './groups/group-coordinator.ts'
import type { Disk } from './storage/disk.ts'
import { nodeDisk } from './storage/disk.ts'
import type { TxnOptions } from './transactions/txn-coordinator.ts'

/** Everything that can be set. Times in ms, sizes in bytes. */
export interface BrokerOptions {
  dataDir: string
  host: string
  /** 0: the operating system chooses. */
  port: number
  advertisedHost: string
  /** 0: the port that was taken. */
  advertisedPort: number
  /** null: no status page. */
  statusPort: number | null
  nodeId: number
  numPartitions: number
  autoCreateTopics: boolean
  maxConnections: number
  connectionIdleMs: number
  maxRequestBytes: number
  /** All unfinished requests together. */
  maxHeldBytes: number
  maxFetchBytes: number
  maxPartitions: number
  maxOpenFiles: number
  /** A checkpoint is written at the latest after this much new log: the bound of what recovery reads per partition. */
  checkpointBytes: number
  housekeepingMs: number
  producerIdExpirationMs: number
  /** Broker-wide defaults of topic configurations, by topic configuration name. */
  topicDefaults: Record<string, string>
  group: GroupOptions
  txn: TxnOptions
  disk: Disk
  log: (line: string) => void
}

const MB = 1024 * 1024
const DAY = 24 * 3600 * 1000

/** The options a test or an embedding program gives; what is missing has the default. */
export type BrokerInput = Partial<Omit<BrokerOptions, 'group' | 'txn'>> & {
  dataDir: string
  group?: Partial<GroupOptions>
  txn?: Partial<TxnOptions>
}

/** Fills in the defaults. */
export function brokerOptions(input: BrokerInput): BrokerOptions {
  const host = input.host ?? '127.0.0.1'
  return {
    port: 0,
    advertisedHost: host,
    advertisedPort: 0,
    statusPort: null,
    nodeId: 1,
    numPartitions: 1,
    autoCreateTopics: true,
    maxConnections: 1000,
    connectionIdleMs: 600_000,
    maxRequestBytes: 100 * MB,
    maxHeldBytes: 256 * MB,
    maxFetchBytes: 55 * MB,
    maxPartitions: 10_000,
    maxOpenFiles: 4096,
    checkpointBytes: 64 * MB,
    housekeepingMs: 10_000,
    producerIdExpirationMs: DAY,
    topicDefaults: {},
    disk: nodeDisk,
    log: () => {},
    ...input,
    host,
    group: {
      minSessionTimeoutMs: 6000,
      maxSessionTimeoutMs: 1_800_000,
      initialRebalanceDelayMs: 0,
      maxSize: 10_000,
      offsetsRetentionMs: 7 * DAY,
      offsetMetadataMaxBytes: 4096,
      offsetsPartitions: 50,
      offsetsSegmentBytes: 16 * MB,
      ...input.group,
    },
    txn: { maxTimeoutMs: 900_000, statePartitions: 50, stateSegmentBytes: 16 * MB, idExpirationMs: 7 * DAY, ...input.txn },
  }
}

/** FSYNC: `never` (the operating system writes when it likes: Kafka's default), `always` (an acknowledgement waits for the device), or a time in ms. */
function fsyncDefaults(policy: string): Record<string, string> {
  if (policy === 'never') return {}
  if (policy === 'always') return { 'flush.messages': '1' }
  if (/^\d+$/.test(policy)) return { 'flush.ms': policy }
  throw new Error(`FSYNC is '${policy}'; it must be 'never', 'always' or a number of milliseconds`)
}

/** Reads the environment. @throws Error that names the variable and what it may be */
export function optionsFromEnv(env: NodeJS.ProcessEnv): BrokerInput {
  const number = (name: string): number | undefined => {
    const text = env[name]
    if (text === undefined || text === '') return undefined
    if (!/^-?\d+$/.test(text)) throw new Error(`${name} is '${text}'; it must be a whole number`)
    return Number(text)
  }
  const dataDir = env['DATA_DIR']
  if (!dataDir) throw new Error('DATA_DIR is missing; set it to the directory that shall hold the log')
  const topicDefaults = fsyncDefaults(env['FSYNC'] ?? 'never')
  const forward = {
    LOG_SEGMENT_BYTES: 'segment.bytes',
    LOG_RETENTION_MS: 'retention.ms',
    LOG_RETENTION_BYTES: 'retention.bytes',
    MESSAGE_MAX_BYTES: 'max.message.bytes',
  }
  for (const [name, config] of Object.entries(forward)) {
    const value = number(name)
    if (value !== undefined) topicDefaults[config] = String(value)
  }
  const given = {
    host: env['HOST'],
    port: number('PORT'),
    advertisedHost: env['ADVERTISED_HOST'],
    advertisedPort: number('ADVERTISED_PORT'),
    statusPort: number('STATUS_PORT'),
    nodeId: number('NODE_ID'),
    numPartitions: number('NUM_PARTITIONS'),
    autoCreateTopics: env['AUTO_CREATE_TOPICS'] === undefined ? undefined : env['AUTO_CREATE_TOPICS'] !== 'false',
    maxConnections: number('MAX_CONNECTIONS'),
    maxRequestBytes: number('MAX_REQUEST_BYTES'),
    checkpointBytes: number('CHECKPOINT_BYTES'),
    housekeepingMs: number('HOUSEKEEPING_MS'),
  }
  const group = {
    minSessionTimeoutMs: number('GROUP_MIN_SESSION_TIMEOUT_MS'),
    initialRebalanceDelayMs: number('GROUP_INITIAL_REBALANCE_DELAY_MS'),
    offsetsPartitions: number('OFFSETS_TOPIC_NUM_PARTITIONS'),
  }
  const txn = { maxTimeoutMs: number('TRANSACTION_MAX_TIMEOUT_MS'), statePartitions: number('TRANSACTION_STATE_LOG_NUM_PARTITIONS') }
  return { dataDir, topicDefaults, ...present(given), group: present(group), txn: present(txn) }
}

function present<T extends object>(given: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> }
}
