/** Keys that Connect itself defines, for every connector. */
import type { ConfigKey } from './definition.ts'

export const COMMON: readonly ConfigKey[] = [
  { name: 'name', type: 'STRING', importance: 'HIGH', doc: 'Globally unique name to use for this connector.' },
  { name: 'connector.class', type: 'STRING', importance: 'HIGH', doc: 'Name or alias of the class for this connector.' },
  { name: 'tasks.max', type: 'INT', default: '1', min: 1, importance: 'HIGH', doc: 'Maximum number of tasks to use; one is used.' },
  { name: 'key.converter', type: 'CLASS', optional: true, importance: 'LOW', doc: 'Converter class of keys; JsonConverter when not set.' },
  {
    name: 'value.converter',
    type: 'CLASS',
    optional: true,
    importance: 'LOW',
    doc: 'Converter class of values; JsonConverter when not set.',
  },
  {
    name: 'transforms',
    type: 'LIST',
    default: '',
    importance: 'LOW',
    group: 'Transforms',
    doc: 'Aliases of the transformations, in order.',
  },
  {
    name: 'errors.tolerance',
    type: 'STRING',
    default: 'none',
    valid: ['none', 'all'],
    group: 'Error Handling',
    doc: 'none: an error fails the task; all: what cannot be processed is passed over.',
  },
  { name: 'errors.log.enable', type: 'BOOLEAN', default: 'false', group: 'Error Handling', doc: 'Write each error to the log.' },
]

export const SOURCE: readonly ConfigKey[] = [
  ...COMMON,
  { name: 'topic.creation.default.partitions', type: 'INT', default: '1', min: 1, group: 'Topic Creation', doc: 'Partitions of a topic that the connector makes.' }, // biome-ignore format: one line
  { name: 'topic.creation.default.replication.factor', type: 'INT', default: '1', min: -1, group: 'Topic Creation', doc: 'Replicas of a topic that the connector makes.' }, // biome-ignore format: one line
]

export const SINK: readonly ConfigKey[] = [
  ...COMMON,
  { name: 'topics', type: 'LIST', default: '', importance: 'HIGH', doc: 'List of topics to consume.' },
  { name: 'topics.regex', type: 'STRING', default: '', importance: 'HIGH', doc: 'Topics to consume, as a regular expression.' },
  { name: 'errors.deadletterqueue.topic.name', type: 'STRING', default: '', group: 'Error Handling', doc: 'Where messages go that result in an error; none when empty.' }, // biome-ignore format: one line
  { name: 'errors.deadletterqueue.topic.replication.factor', type: 'INT', default: '1', group: 'Error Handling', doc: 'Replicas of the dead letter queue when it is made.' }, // biome-ignore format: one line
  { name: 'errors.deadletterqueue.context.headers.enable', type: 'BOOLEAN', default: 'false', group: 'Error Handling', doc: 'Add headers (`__connect.errors.…`) that say what went wrong.' }, // biome-ignore format: one line
]
