import { docker } from '../../engines/docker/client.ts'
import { readTopic } from '../../experiments/topic.ts'
import { startBroker } from './broker.ts'
import { must, type Trial } from './trial.ts'

const COUNT = 500

/** Properties by environment, acknowledged records over kill -9, transactions, the tools of a distribution, not root. */
export async function kafka(trial: Trial): Promise<string> {
  const broker = await startBroker(trial)
  const { admin, client } = broker
  const read = (topic: string) => readTopic({ admin, client, topicPrefix: '' }, topic)
  await admin.createTopics({ topics: [{ topic: 'readings', numPartitions: 3 }, { topic: 'settled' }] })
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  trial.onEnd(() => producer.disconnect())
  const messages = Array.from({ length: COUNT }, (_, i) => ({ key: `T-${i % 7}`, value: `${i}` }))
  await producer.send({ topic: 'readings', acks: -1, messages })
  await trial.restart()
  await trial.until('it is back after kill -9', async () => (await read('readings')).length === COUNT, 120_000)
  const seen = new Set((await read('readings')).map(({ value }) => Number(value)))
  must(seen.size === COUNT, `all ${COUNT} acknowledged records are there after kill -9, each once`)

  const settling = client.producer({ transactionalId: 'settling', idempotent: true, maxInFlightRequests: 1 })
  await settling.connect()
  trial.onEnd(() => settling.disconnect())
  for (const value of ['aborted', 'committed']) {
    const transaction = await settling.transaction()
    await transaction.send({ topic: 'settled', messages: [{ value }] })
    await (value === 'committed' ? transaction.commit() : transaction.abort())
  }
  const tool = (name: string, ...args: string[]) =>
    docker(['exec', broker.container, `/opt/kafka/bin/${name}.sh`, '--bootstrap-server', broker.inside, ...args], { within: 120_000 })
  const console = await tool('kafka-console-consumer', '--topic', 'settled', '--from-beginning', '--max-messages', '1', '--isolation-level', 'read_committed') // biome-ignore format: one command
  must(console === 'committed', `readers of committed records see only the committed transaction; they saw: ${console}`)
  must((await tool('kafka-topics', '--list')).split('\n').includes('readings'), 'kafka-topics.sh lists the topics')
  must((await tool('kafka-broker-api-versions')).includes('Produce(0)'), 'kafka-broker-api-versions.sh asks')
  must((await trial.exec(['bash', '-c', '</dev/tcp/127.0.0.1/9092'])).code === 0, 'bash is there for healthchecks')
  must((await docker(['exec', broker.container, 'cat', '/proc/1/status'])).includes('Uid:\t1000'), 'the broker is not root')
  return `kept ${COUNT} records over kill -9, hid an aborted transaction, its tools answer`
}
