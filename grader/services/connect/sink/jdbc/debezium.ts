/**
 * Debezium's JDBC sink (`io.debezium.connector.jdbc.JdbcSinkConnector`): its keys, and what it does otherwise than Confluent's. Its
 * configuration is put into the words of the other one, which then does the work.
 */
import { SINK } from '../../config/common.ts'
import type { Config, ConfigKey, Errors } from '../../config/definition.ts'
import { Settings } from '../../config/definition.ts'
import type { Task } from '../../context.ts'
import type { ConnectRecord } from '../../data/schema.ts'
import { type Transform, transformsOf } from '../../transforms.ts'
import { parseJdbcUrl, TOPIC } from './config.ts'
import { jdbcSink } from './connector.ts'

const MODES = ['none', 'kafka', 'record_key', 'record_value'] as const

export const DEBEZIUM_KEYS: readonly ConfigKey[] = [
  ...SINK,
  { name: 'connection.url', type: 'STRING', importance: 'HIGH', check: value => (parseJdbcUrl(value) ? undefined : 'it must be jdbc:postgresql://host:port/database'), doc: 'JDBC connection URL.' }, // biome-ignore format: one line
  { name: 'connection.username', type: 'STRING', importance: 'HIGH', doc: 'Database user.' },
  { name: 'connection.password', type: 'PASSWORD', importance: 'HIGH', doc: 'Its password.' },
  { name: 'insert.mode', type: 'STRING', default: 'insert', valid: ['insert', 'upsert', 'update'], importance: 'HIGH', doc: 'How rows are written.' }, // biome-ignore format: one line
  { name: 'primary.key.mode', type: 'STRING', default: 'none', valid: MODES, importance: 'HIGH', doc: 'Where the primary key comes from.' },
  { name: 'primary.key.fields', type: 'LIST', default: '', doc: 'Its fields; all of the key when empty.' },
  { name: 'collection.name.format', type: 'STRING', default: TOPIC, doc: `The table of a topic; ${TOPIC} stands for its name, with _ for dots.` }, // biome-ignore format: one line
  { name: 'schema.evolution', type: 'STRING', default: 'none', valid: ['none', 'basic'], doc: 'basic: make missing tables and columns.' },
  { name: 'delete.enabled', type: 'BOOLEAN', default: 'false', doc: 'A deletion deletes the row of its key; otherwise it is passed over.' },
  { name: 'batch.size', type: 'INT', default: '500', min: 1, doc: 'Records written in one transaction at most.' },
  { name: 'flush.max.retries', type: 'INT', default: '5', min: 0, doc: 'How often to try again when the database is not to be reached.' },
  { name: 'flush.retry.delay.ms', type: 'INT', default: '1000', min: 0, doc: 'Milliseconds before that.' },
]

/** The key of Confluent's sink for each of Debezium's that has another name. */
const SAME: Record<string, string> = {
  'connection.username': 'connection.user',
  'primary.key.mode': 'pk.mode',
  'primary.key.fields': 'pk.fields',
  'collection.name.format': 'table.name.format',
  'flush.max.retries': 'max.retries',
  'flush.retry.delay.ms': 'retry.backoff.ms',
}

/** The same configuration in the words of Confluent's sink, defaults filled in. */
export function asJdbc(config: Config): Config {
  const settings = new Settings(DEBEZIUM_KEYS, config)
  const known = DEBEZIUM_KEYS.map(({ name }) => [SAME[name] ?? name, settings.text(name)] as const).filter(([, value]) => value !== '')
  const evolves = String(settings.text('schema.evolution').toLowerCase() === 'basic')
  return { ...config, ...Object.fromEntries(known), 'auto.create': evolves, 'auto.evolve': evolves }
}

/** What does not go together. */
export async function checkDebezium(config: Config, errors: Errors): Promise<void> {
  const settings = new Settings(DEBEZIUM_KEYS, config)
  const [mode, insert] = [settings.text('primary.key.mode'), settings.text('insert.mode')]
  if (settings.text('topics') === '' && settings.text('topics.regex') === '')
    errors.set('topics', ['Must configure one of topics or topics.regex'])
  if (settings.flag('delete.enabled') && mode !== 'record_key')
    errors.set('delete.enabled', ["When delete.enabled is true, primary.key.mode must be 'record_key'"])
  if (insert === 'upsert' && mode === 'none') errors.set('primary.key.mode', ['insert.mode upsert requires a primary.key.mode'])
  if (settings.text('errors.deadletterqueue.topic.name') !== '' && settings.text('errors.tolerance') !== 'all')
    errors.set('errors.deadletterqueue.topic.name', ['A dead letter queue is only used with errors.tolerance=all'])
}

const unwrapper = (): Transform =>
  transformsOf({ transforms: 'unwrap', 'transforms.unwrap.type': 'io.debezium.transforms.ExtractNewRecordState' })[0]!

/** Events of Debezium become rows without a transform; deletions are passed over unless they are wanted. */
function prepare(config: Config): Transform {
  const unwrap = unwrapper()
  const deletes = new Settings(DEBEZIUM_KEYS, config).flag('delete.enabled')
  return record => {
    const flat: ConnectRecord | null = record.value === null ? record : unwrap(record)
    if (flat === null || (flat.value === null && !deletes)) return null
    return { ...flat, topic: flat.topic.replaceAll('.', '_') }
  }
}

/** Like Confluent's, but a row that the database refuses stops the task, whatever `errors.tolerance` says. */
export const runDebeziumJdbcSink: Task = context =>
  jdbcSink({ prepare: prepare(context.config), refusedRowsStop: true })({ ...context, config: asJdbc(context.config) })
