import { randomBytes } from 'node:crypto'
import { docker } from '../../engines/docker/client.ts'
import { framedReader } from '../../experiments/framed.ts'
import { readTopic } from '../../experiments/topic.ts'
import { askJson } from '../../services/json-client.ts'
import { startBroker } from './broker.ts'
import { startRegistry } from './registry.ts'
import { must, type Trial } from './trial.ts'

/** Avro by the registry, framed as Confluent's clients read it. */
const AVRO = (registry: string) =>
  Object.fromEntries(
    ['key.converter', 'value.converter'].flatMap(converter => [
      [converter, 'io.apicurio.registry.utils.converter.AvroConverter'],
      [`${converter}.apicurio.registry.url`, `${registry}/apis/registry/v2`],
      [`${converter}.apicurio.registry.auto-register`, 'true'],
      [`${converter}.apicurio.registry.headers.enabled`, 'false'],
      [`${converter}.apicurio.registry.as-confluent`, 'true'],
      [`${converter}.apicurio.registry.use-id`, 'contentId'],
    ]),
  )

/** Rows of PostgreSQL become Avro in Kafka, decoded here by the registry's schema, and rows of a second table by the sink. */
export async function connect(trial: Trial): Promise<string> {
  const password = randomBytes(8).toString('hex')
  const database = await trial.start({ image: 'postgres:17', alias: 'postgres', env: { POSTGRES_PASSWORD: password }, command: ['-c', 'wal_level=logical'] }) // biome-ignore format: one thought
  const broker = await startBroker(trial, { image: 'apache/kafka:4.3.1' })
  const registry = await startRegistry(trial, { image: 'apicurio/apicurio-registry:3.3.3' })
  const worker = await trial.start({
    alias: 'connect',
    ports: [8083],
    env: {
      BOOTSTRAP_SERVERS: broker.inside,
      GROUP_ID: 'trial',
      CONFIG_STORAGE_TOPIC: 'connect-configs',
      OFFSET_STORAGE_TOPIC: 'connect-offsets',
      STATUS_STORAGE_TOPIC: 'connect-status',
      ENABLE_APICURIO_CONVERTERS: 'true',
      CONNECT_OFFSET_FLUSH_INTERVAL_MS: '1000',
    },
  })
  const rest = `http://127.0.0.1:${await trial.port(8083, worker)}`
  await trial.until('Connect answers', async () => (await askJson(rest, '/connectors')).status === 200, 120_000)

  const sql = (text: string) => docker(['exec', database, 'psql', '-qtA', '-U', 'postgres', '-c', text])
  await trial.until('PostgreSQL answers', async () => (await sql('select 1')).trim() === '1')
  await sql(`create table trucks (id int primary key, name text, price numeric(10, 2)); insert into trucks values (1, 'T-17', 12.50)`)
  const make = async (name: string, config: Record<string, string>) => {
    const made = await askJson(rest, '/connectors', 'POST', { name, config: { ...config, ...AVRO(registry.inside) } })
    must(made.status === 201, `the connector ${name} is made; the answer: ${JSON.stringify(made.body)}`)
  }
  await make('shop', {
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'topic.prefix': 'shop',
    'plugin.name': 'pgoutput',
    'database.hostname': 'postgres',
    'database.user': 'postgres',
    'database.password': password,
    'database.dbname': 'postgres',
    'table.include.list': 'public.trucks',
  })
  const read = framedReader(registry)
  const events = async () => {
    const records = await readTopic({ ...broker, topicPrefix: '' }, 'shop.public.trucks')
    return Promise.all(records.filter(({ value }) => value).map(async ({ value }) => (await read(value)).value as unknown as Event))
  }
  await trial.until('the snapshot is a framed record', async () => (await events()).length === 1, 120_000)
  await sql(`insert into trucks values (2, 'T-18', 7.25); update trucks set name = 'T-17 b' where id = 1; delete from trucks where id = 2`)
  await trial.until('the changes are there', async () => (await events()).length === 4, 30_000)
  const said = (await events()).map(({ op, before, after }) => [op, before?.id ?? null, after?.name ?? null])
  must(
    JSON.stringify(said) === JSON.stringify([['r', null, 'T-17'], ['c', null, 'T-18'], ['u', null, 'T-17 b'], ['d', 2, null]]), // biome-ignore format: a table
    `the events are r, c, u, d with their rows; they are ${JSON.stringify(said)}`,
  )
  await make('copy', {
    'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
    topics: 'shop.public.trucks',
    'connection.url': 'jdbc:postgresql://postgres/postgres',
    'connection.username': 'postgres',
    'connection.password': password,
    'insert.mode': 'upsert',
    'delete.enabled': 'true',
    'primary.key.mode': 'record_key',
    'schema.evolution': 'basic',
    'collection.name.format': 'copied',
  })
  await trial.until(
    'the sink made the same table',
    async () => (await sql('select id, name, price from copied')).trim() === '1|T-17 b|12.50',
    120_000,
  )
  must((await docker(['exec', worker, 'cat', '/proc/1/status'])).includes('Uid:\t1001'), 'the worker is not root')
  must(
    (await docker(['exec', worker, 'curl', '-fs', 'http://localhost:8083/connectors'])).includes('shop'),
    'curl is there for healthchecks',
  )
  return 'PostgreSQL → Debezium → Avro, decoded by the registry → the same table by the JDBC sink'
}

interface Event {
  op: string
  before: { id: number } | null
  after: { name: string } | null
}
