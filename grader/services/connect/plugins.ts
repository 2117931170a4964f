/** The connectors that this worker has, by the class names that people configure. */
import { type Config, type ConfigKey, checkKeys, type Errors } from './config/definition.ts'
import type { Task } from './context.ts'
import { converterErrors } from './data/converters.ts'
import { checkJdbc, JDBC_KEYS } from './sink/jdbc/config.ts'
import { runJdbcSink } from './sink/jdbc/connector.ts'
import { checkDebezium, DEBEZIUM_KEYS, runDebeziumJdbcSink } from './sink/jdbc/debezium.ts'
import { POSTGRES_KEYS } from './source/postgres/config.ts'
import { checkPostgres, runPostgres } from './source/postgres/connector.ts'
import { checkTransforms } from './transforms.ts'

export interface Plugin {
  type: 'source' | 'sink'
  keys: readonly ConfigKey[]
  /** What single keys cannot tell. */
  check(config: Config, errors: Errors): Promise<void>
  run: Task
}

const postgres: Plugin = { type: 'source', keys: POSTGRES_KEYS, check: checkPostgres, run: runPostgres }
const jdbcSink: Plugin = { type: 'sink', keys: JDBC_KEYS, check: checkJdbc, run: runJdbcSink }
const debeziumSink: Plugin = { type: 'sink', keys: DEBEZIUM_KEYS, check: checkDebezium, run: runDebeziumJdbcSink }

export const PLUGINS: Record<string, Plugin> = {
  'io.debezium.connector.postgresql.PostgresConnector': postgres,
  'io.confluent.connect.jdbc.JdbcSinkConnector': jdbcSink,
  'io.aiven.connect.jdbc.JdbcSinkConnector': jdbcSink,
  'io.debezium.connector.jdbc.JdbcSinkConnector': debeziumSink,
}

/** By full class name or, as Connect allows, by its last part with or without "Connector". */
export function pluginOf(name: string | undefined): Plugin | undefined {
  const simple = (full: string) => full.slice(full.lastIndexOf('.') + 1)
  const found = Object.keys(PLUGINS).find(full => full === name || simple(full) === name || simple(full).replace(/Connector$/, '') === name)
  return found ? PLUGINS[found] : undefined
}

/** Everything that is wrong with a configuration. */
export async function check(plugin: Plugin, config: Config): Promise<Errors> {
  const errors = checkKeys(plugin.keys, config)
  for (const kind of ['key', 'value'] as const) for (const [key, error] of converterErrors(config, kind)) errors.set(key, [error])
  checkTransforms(config, errors)
  await plugin.check(config, errors)
  return errors
}
