import { KafkaError } from '../protocol/errors.ts'

/** Kafka's numbers for the type of a configuration value. */
export const CONFIG_TYPE = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 } as const

/** One row: a topic configuration with its default and what it does here. */
export interface ConfigRow {
  type: keyof typeof CONFIG_TYPE
  default: string
  /** The broker-wide setting that gives the default, where there is one. */
  brokerName?: string
  allowed?: readonly string[]
  min?: number
  max?: number
  doc: string
}

const DAY = 24 * 3600 * 1000
const MAX_LONG = '9223372036854775807'
const NO_EFFECT = 'Accepted for compatibility; without effect here.'

/** The topic configurations, by Kafka's names. Source: https://kafka.apache.org/documentation/#topicconfigs */
export const TOPIC_CONFIGS: Readonly<Record<string, ConfigRow>> = {
  'cleanup.policy': {
    type: 'list',
    default: 'delete',
    brokerName: 'log.cleanup.policy',
    allowed: ['delete', 'compact'],
    doc: 'delete: old segments go by time and size; compact: the newest record of each key stays.',
  },
  'compression.type': {
    type: 'string',
    default: 'producer',
    brokerName: 'compression.type',
    allowed: ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'],
    doc: 'Batches stay as the producer compressed them, whatever is set.',
  },
  'delete.retention.ms': {
    type: 'long',
    default: String(DAY),
    brokerName: 'log.cleaner.delete.retention.ms',
    min: 0,
    doc: 'How long tombstones stay readable in a compacted topic.',
  },
  'file.delete.delay.ms': { type: 'long', default: '60000', brokerName: 'log.segment.delete.delay.ms', min: 0, doc: NO_EFFECT },
  'flush.messages': {
    type: 'long',
    default: MAX_LONG,
    brokerName: 'log.flush.interval.messages',
    min: 1,
    doc: '1: every acknowledgement waits for the device. More: a sync is started after that many records, unwaited for.',
  },
  'flush.ms': {
    type: 'long',
    default: MAX_LONG,
    brokerName: 'log.flush.interval.ms',
    min: 0,
    doc: 'A sync is started at the latest after this time.',
  },
  'index.interval.bytes': { type: 'int', default: '4096', brokerName: 'log.index.interval.bytes', min: 0, doc: NO_EFFECT },
  'max.compaction.lag.ms': { type: 'long', default: MAX_LONG, brokerName: 'log.cleaner.max.compaction.lag.ms', min: 1, doc: NO_EFFECT },
  'max.message.bytes': {
    type: 'int',
    default: '1048588',
    brokerName: 'message.max.bytes',
    min: 0,
    doc: 'The largest batch that is accepted.',
  },
  'message.timestamp.after.max.ms': {
    type: 'long',
    default: '3600000',
    brokerName: 'log.message.timestamp.after.max.ms',
    min: 0,
    doc: 'How far in the future a record time may lie.',
  },
  'message.timestamp.before.max.ms': {
    type: 'long',
    default: MAX_LONG,
    brokerName: 'log.message.timestamp.before.max.ms',
    min: 0,
    doc: 'How far in the past a record time may lie.',
  },
  'message.timestamp.type': {
    type: 'string',
    default: 'CreateTime',
    brokerName: 'log.message.timestamp.type',
    allowed: ['CreateTime', 'LogAppendTime'],
    doc: 'Whose clock the record times are from.',
  },
  'min.cleanable.dirty.ratio': {
    type: 'double',
    default: '0.5',
    brokerName: 'log.cleaner.min.cleanable.ratio',
    min: 0,
    max: 1,
    doc: 'Compaction starts when this part of the log is new since the last one.',
  },
  'min.compaction.lag.ms': { type: 'long', default: '0', brokerName: 'log.cleaner.min.compaction.lag.ms', min: 0, doc: NO_EFFECT },
  'min.insync.replicas': {
    type: 'int',
    default: '1',
    brokerName: 'min.insync.replicas',
    min: 1,
    doc: 'acks=all is refused with fewer replicas in sync; one node has one.',
  },
  preallocate: { type: 'boolean', default: 'false', brokerName: 'log.preallocate', doc: NO_EFFECT },
  'retention.bytes': {
    type: 'long',
    default: '-1',
    brokerName: 'log.retention.bytes',
    doc: 'The size of a partition above which its oldest segments go; -1: no limit.',
  },
  'retention.ms': {
    type: 'long',
    default: String(7 * DAY),
    brokerName: 'log.retention.ms',
    min: -1,
    doc: 'The age at which segments go; -1: never.',
  },
  'segment.bytes': {
    type: 'int',
    default: '1073741824',
    brokerName: 'log.segment.bytes',
    min: 14,
    doc: 'The size at which a new segment is started.',
  },
  'segment.index.bytes': { type: 'int', default: '10485760', brokerName: 'log.index.size.max.bytes', min: 4, doc: NO_EFFECT },
  'segment.jitter.ms': { type: 'long', default: '0', brokerName: 'log.roll.jitter.ms', min: 0, doc: NO_EFFECT },
  'segment.ms': {
    type: 'long',
    default: String(7 * DAY),
    brokerName: 'log.roll.ms',
    min: 1,
    doc: 'The age at which a new segment is started.',
  },
  'unclean.leader.election.enable': { type: 'boolean', default: 'false', brokerName: 'unclean.leader.election.enable', doc: NO_EFFECT },
}

/** Checks one value. @throws KafkaError INVALID_CONFIG that names the value and what is allowed */
export function checkConfig(name: string, value: string | null): void {
  const row = TOPIC_CONFIGS[name]
  if (!row) throw new KafkaError('INVALID_CONFIG', `Unknown topic config name: ${name}`)
  const refuse = (why: string) => new KafkaError('INVALID_CONFIG', `Invalid value ${value} for configuration ${name}: ${why}`)
  if (value === null) throw refuse('a value is needed')
  if (row.type === 'boolean' && value !== 'true' && value !== 'false') throw refuse('Expected value to be either true or false')
  if (row.type === 'int' || row.type === 'long' || row.type === 'double') {
    const number = Number(value)
    const shape = row.type === 'double' ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/
    if (!shape.test(value) || (row.type === 'int' && Math.abs(number) > 2147483647))
      throw refuse(`Not a number of type ${row.type.toUpperCase()}`)
    if (row.min !== undefined && number < row.min) throw refuse(`Value must be at least ${row.min}`)
    if (row.max !== undefined && number > row.max) throw refuse(`Value must be no more than ${row.max}`)
  }
  if (row.allowed) {
    const given =
      row.type === 'list'
        ? value
            .split(',')
            .map(v => v.trim())
            .filter(Boolean)
        : [value]
    if (given.some(v => !row.allowed!.includes(v))) throw refuse(`String must be one of: ${row.allowed.join(', ')}`)
  }
}

/** The values the log reads, parsed once per change. Times in ms, sizes in bytes; Infinity means no limit. */
export interface TopicSettings {
  segmentBytes: number
  segmentMs: number
  retentionMs: number
  retentionBytes: number
  maxMessageBytes: number
  flushMessages: number
  flushMs: number
  compact: boolean
  deleteOld: boolean
  appendTime: boolean
  timestampBeforeMaxMs: number
  timestampAfterMaxMs: number
  deleteRetentionMs: number
  minCleanableRatio: number
  minInsyncReplicas: number
}

/** Parses overrides on top of the broker's defaults. */
export function topicSettings(overrides: Record<string, string>, defaults: Record<string, string>): TopicSettings {
  const text = (name: string) => overrides[name] ?? defaults[name] ?? TOPIC_CONFIGS[name]!.default
  const number = (name: string) => Number(text(name))
  const limit = (name: string) => (number(name) < 0 ? Number.POSITIVE_INFINITY : number(name))
  const policy = text('cleanup.policy')
  return {
    segmentBytes: number('segment.bytes'),
    segmentMs: number('segment.ms'),
    retentionMs: limit('retention.ms'),
    retentionBytes: limit('retention.bytes'),
    maxMessageBytes: number('max.message.bytes'),
    flushMessages: number('flush.messages'),
    flushMs: number('flush.ms'),
    compact: policy.includes('compact'),
    deleteOld: policy.includes('delete'),
    appendTime: text('message.timestamp.type') === 'LogAppendTime',
    timestampBeforeMaxMs: number('message.timestamp.before.max.ms'),
    timestampAfterMaxMs: number('message.timestamp.after.max.ms'),
    deleteRetentionMs: number('delete.retention.ms'),
    minCleanableRatio: number('min.cleanable.dirty.ratio'),
    minInsyncReplicas: number('min.insync.replicas'),
  }
}
