/** Keys of Debezium's PostgreSQL connector (https://debezium.io/documentation/reference/stable/connectors/postgresql.html). */
import { SOURCE } from '../../config/common.ts'
import { type ConfigKey, checkPatterns } from '../../config/definition.ts'

const pattern = { type: 'LIST', default: '', check: checkPatterns } as const

export const POSTGRES_KEYS: readonly ConfigKey[] = [
  ...SOURCE,
  { name: 'topic.prefix', type: 'STRING', importance: 'HIGH', doc: 'First part of the names of all topics and schemas; unique to this connector.', check: value => (/^[\w.-]+$/.test(value) ? undefined : 'it may hold letters, digits, dot, hyphen and underscore') }, // biome-ignore format: one line
  { name: 'database.hostname', type: 'STRING', importance: 'HIGH', doc: 'Host of the database server.' },
  { name: 'database.port', type: 'INT', default: '5432', min: 0, importance: 'HIGH', doc: 'Port of the database server.' },
  { name: 'database.user', type: 'STRING', importance: 'HIGH', doc: 'A role that may replicate.' },
  { name: 'database.password', type: 'PASSWORD', optional: true, importance: 'HIGH', doc: 'Its password.' },
  { name: 'database.dbname', type: 'STRING', importance: 'HIGH', doc: 'The database to capture.' },
  {
    name: 'database.sslmode',
    type: 'STRING',
    default: 'prefer',
    valid: ['disable', 'allow', 'prefer'],
    doc: 'Encryption: never used here.',
  },
  { name: 'plugin.name', type: 'STRING', default: 'pgoutput', valid: ['pgoutput'], doc: 'The logical decoding plug-in. (Debezium’s own default is decoderbufs.)' }, // biome-ignore format: one line
  { name: 'slot.name', type: 'STRING', default: 'debezium', check: value => (/^[a-z0-9_]{1,63}$/.test(value) ? undefined : 'Valid replication slot name must contain only digits, lowercase characters and underscores with length <= 63'), doc: 'The replication slot; made when it is not there.' }, // biome-ignore format: one line
  { name: 'slot.drop.on.stop', type: 'BOOLEAN', default: 'false', doc: 'Drop the slot when the connector stops in order: only for tests.' },
  { name: 'publication.name', type: 'STRING', default: 'dbz_publication', doc: 'The publication that is streamed.' },
  { name: 'publication.autocreate.mode', type: 'STRING', default: 'all_tables', valid: ['all_tables', 'disabled', 'filtered', 'no_tables'], doc: 'How a missing publication is made; all_tables needs a superuser, filtered the owner of the tables.' }, // biome-ignore format: one line
  { name: 'snapshot.mode', type: 'STRING', default: 'initial', valid: ['always', 'initial', 'initial_only', 'no_data', 'never', 'when_needed'], doc: 'When the tables are read before their changes are streamed.' }, // biome-ignore format: one line
  { name: 'snapshot.fetch.size', type: 'INT', default: '2000', min: 1, doc: 'Rows read at a time during a snapshot.' },
  { name: 'schema.include.list', ...pattern, doc: 'Schemas to capture, as regular expressions.' },
  { name: 'schema.exclude.list', ...pattern, doc: 'Schemas not to capture.' },
  { name: 'table.include.list', ...pattern, importance: 'HIGH', doc: 'Tables to capture, as regular expressions for schema.table.' },
  { name: 'table.exclude.list', ...pattern, doc: 'Tables not to capture.' },
  { name: 'column.include.list', ...pattern, doc: 'Columns to capture, as regular expressions for schema.table.column.' },
  { name: 'column.exclude.list', ...pattern, doc: 'Columns not to capture.' },
  {
    name: 'message.key.columns',
    type: 'STRING',
    default: '',
    doc: 'Columns that make the key in place of the primary key: schema.table:a,b;…',
  },
  { name: 'tombstones.on.delete', type: 'BOOLEAN', default: 'true', doc: 'After a delete event, a message with its key and no value.' },
  { name: 'skipped.operations', type: 'LIST', default: 't', check: value => (/^(none|[cudt](\s*,\s*[cudt])*)$/.test(value.trim()) ? undefined : 'a list of c, u, d, t, or none'), doc: 'Operations that make no event: c, u, d, t, or none.' }, // biome-ignore format: one line
  {
    name: 'decimal.handling.mode',
    type: 'STRING',
    default: 'precise',
    valid: ['precise', 'double', 'string'],
    doc: 'How numeric is represented.',
  },
  { name: 'time.precision.mode', type: 'STRING', default: 'adaptive', valid: ['adaptive', 'adaptive_time_microseconds', 'connect'], doc: 'How dates and times are represented.' }, // biome-ignore format: one line
  { name: 'binary.handling.mode', type: 'STRING', default: 'bytes', valid: ['bytes', 'base64', 'base64-url-safe', 'hex'], doc: 'How bytea is represented.' }, // biome-ignore format: one line
  { name: 'interval.handling.mode', type: 'STRING', default: 'numeric', valid: ['numeric', 'string'], doc: 'How interval is represented.' },
  { name: 'unavailable.value.placeholder', type: 'STRING', default: '__debezium_unavailable_value', doc: 'Stands for a large value that did not change and was not sent.' }, // biome-ignore format: one line
  { name: 'include.unknown.datatypes', type: 'BOOLEAN', default: 'false', doc: 'Columns of types that the connector does not know: as bytes of their text, or left out.' }, // biome-ignore format: one line
  {
    name: 'schema.name.adjustment.mode',
    type: 'STRING',
    default: 'none',
    valid: ['none', 'avro'],
    doc: 'avro: what a name in Avro may not hold becomes _.',
  },
  { name: 'field.name.adjustment.mode', type: 'STRING', default: 'none', valid: ['none', 'avro'], doc: 'The same for fields.' },
  { name: 'heartbeat.interval.ms', type: 'INT', default: '0', min: 0, doc: 'Milliseconds between heartbeats, which also confirm what other tables and databases wrote; 0: none.' }, // biome-ignore format: one line
  { name: 'heartbeat.action.query', type: 'STRING', default: '', doc: 'A statement to run at each heartbeat.' },
  {
    name: 'topic.heartbeat.prefix',
    type: 'STRING',
    default: '__debezium-heartbeat',
    doc: 'The topic of heartbeats is <this>.<topic.prefix>.',
  },
  {
    name: 'status.update.interval.ms',
    type: 'INT',
    default: '10000',
    min: 100,
    doc: 'Milliseconds between two status messages to the server.',
  },
  { name: 'max.batch.size', type: 'INT', default: '2048', min: 1, doc: 'Events that are produced together at most.' },
  { name: 'max.queue.size', type: 'INT', default: '8192', min: 2, doc: 'Changes read ahead of what is produced at most.' },
  { name: 'poll.interval.ms', type: 'LONG', default: '500', min: 1, doc: 'Not needed: changes are produced as they come.' },
  { name: 'retriable.restart.connector.wait.ms', type: 'LONG', default: '1000', min: 0, doc: 'Milliseconds before going on after the database or the broker was not to be reached. (Debezium’s own default is 10000.)' }, // biome-ignore format: one line
  {
    name: 'errors.max.retries',
    type: 'INT',
    default: '-1',
    min: -1,
    doc: 'How often that is tried; -1: for ever, 0: the task fails at once.',
  },
]
