/** Keys of Confluent's JDBC sink (https://docs.confluent.io/kafka-connectors/jdbc/current/sink-connector/sink_config_options.html). */
import type pg from 'pg'
import { SINK } from '../../config/common.ts'
import { type Config, type ConfigKey, type Errors, Settings } from '../../config/definition.ts'

/** Stands for a topic's name in `table.name.format`. */
export const TOPIC = ['$', '{topic}'].join('')

export const JDBC_KEYS: readonly ConfigKey[] = [
  ...SINK,
  { name: 'connection.url', type: 'STRING', importance: 'HIGH', check: value => (parseJdbcUrl(value) ? undefined : 'it must be jdbc:postgresql://host:port/database'), doc: 'JDBC connection URL.' }, // biome-ignore format: one line
  { name: 'connection.user', type: 'STRING', optional: true, importance: 'HIGH', doc: 'JDBC connection user.' },
  { name: 'connection.password', type: 'PASSWORD', optional: true, importance: 'HIGH', doc: 'JDBC connection password.' },
  { name: 'dialect.name', type: 'STRING', default: '', valid: ['', 'postgresqldatabasedialect'], doc: 'The database; known from the URL.' },
  { name: 'insert.mode', type: 'STRING', default: 'insert', valid: ['insert', 'upsert', 'update'], importance: 'HIGH', doc: 'How rows are written.' }, // biome-ignore format: one line
  { name: 'batch.size', type: 'INT', default: '3000', min: 1, doc: 'Records written in one transaction at most.' },
  { name: 'delete.enabled', type: 'BOOLEAN', default: 'false', doc: 'A record without value deletes the row of its key; needs pk.mode=record_key.' }, // biome-ignore format: one line
  { name: 'table.name.format', type: 'STRING', default: TOPIC, doc: `The table of a topic; ${TOPIC} stands for its name.` },
  { name: 'pk.mode', type: 'STRING', default: 'none', valid: ['none', 'kafka', 'record_key', 'record_value'], importance: 'HIGH', doc: 'Where the primary key comes from.' }, // biome-ignore format: one line
  { name: 'pk.fields', type: 'LIST', default: '', doc: 'Its fields; all of the key or value when empty.' },
  { name: 'fields.whitelist', type: 'LIST', default: '', doc: 'Fields of the value to write; all when empty.' },
  { name: 'auto.create', type: 'BOOLEAN', default: 'false', doc: 'Make a missing table from the first record’s schema.' },
  { name: 'auto.evolve', type: 'BOOLEAN', default: 'false', doc: 'Add missing columns.' },
  { name: 'max.retries', type: 'INT', default: '10', min: 0, doc: 'How often to try again when the database is not to be reached.' },
  { name: 'retry.backoff.ms', type: 'INT', default: '3000', min: 0, doc: 'Milliseconds before that.' },
]

/** What `jdbc:postgresql://host:port/database?user=…&password=…` says; null when it is none. */
export function parseJdbcUrl(text: string): pg.ClientConfig | null {
  const match = /^jdbc:(postgres(?:ql)?:\/\/.+)$/.exec(text)
  if (!match || !URL.canParse(match[1]!)) return null
  const url = new URL(match[1]!)
  const [user, password] = [url.searchParams.get('user'), url.searchParams.get('password')]
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(user ? { user } : {}),
    ...(password ? { password } : {}),
  }
}

/** How to connect: the URL, with user and password from their own keys where given. */
export function connectionOf(settings: Settings): pg.ClientConfig {
  const [user, password] = [settings.text('connection.user'), settings.text('connection.password')]
  return { ...parseJdbcUrl(settings.text('connection.url')), ...(user ? { user } : {}), ...(password ? { password } : {}) }
}

/** What does not go together. */
export async function checkJdbc(config: Config, errors: Errors): Promise<void> {
  const settings = new Settings(JDBC_KEYS, config)
  if (settings.text('topics') === '' && settings.text('topics.regex') === '')
    errors.set('topics', ['Must configure one of topics or topics.regex'])
  if (settings.flag('delete.enabled') && settings.text('pk.mode') !== 'record_key')
    errors.set('delete.enabled', ["Deletes are only supported for pk.mode record_key: Primary key mode must be 'record_key' when delete support is enabled"]) // biome-ignore format: one line
  if (settings.text('insert.mode') !== 'insert' && settings.text('pk.mode') === 'none')
    errors.set('pk.mode', [`Primary key mode must be set when insert.mode is ${settings.text('insert.mode')}`])
  if (settings.text('errors.deadletterqueue.topic.name') !== '' && settings.text('errors.tolerance') !== 'all')
    errors.set('errors.deadletterqueue.topic.name', ['A dead letter queue is only used with errors.tolerance=all'])
}
