import { killContainer } from '../../engines/docker/nemesis.ts'
import { recordsIn } from '../../experiments/topic.ts'
import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { lostLines } from './support/lost.ts'
import { errorIn, newTopic, produce, startConsumer, WITHIN } from './support/programs.ts'
import { readings } from './support/readings.ts'

const COUNT = 12_000

/** Three brokers; the leader of a partition is killed under load and stays away until everything has arrived. */
kpi('broker-killed', async ({ learner, kafka, registry, compose, random }) => {
  const project = await compose.warm()
  const { brokers } = await kafka.admin.describeCluster()
  expect(brokers.length, 'brokers of the cluster').toBe(3)
  const topic = await newTopic({ kafka })
  const metadata = async () => (await kafka.admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!.partitions
  const partitions = await metadata()
  expect(Math.min(...partitions.map(({ replicas }) => replicas.length)), 'replicas of a topic for which nobody asked a number').toBe(3)
  const { resources } = await kafka.admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: 2, name: topic, configNames: ['min.insync.replicas'] }],
  })
  expect(resources[0]!.configEntries[0]?.configValue, 'min.insync.replicas').toBe('2')

  const parts = { learner, kafka, registry }
  const consumer = await startConsumer(parts, topic)
  const [pattern] = readings(random, 1)
  const lines = Array.from({ length: COUNT }, (_, i) => JSON.stringify({ ...pattern, vehicle_id: `V-${i % 50}`, seq: i + 1 }))
  const running = produce(parts, topic, lines, 3 * WITHIN)
  running.catch(() => {})
  await eventually('src/producer.ts sends', async () => (await recordsIn(kafka, topic)) > 200, { within: WITHIN, every: 5 })
  const leader = random.pick(await metadata()).leader
  const heal = await killContainer(project, `kafka-${leader}`).inject()
  if (!heal) inconclusive('the broker was not there to be killed')
  did(`I gave ${COUNT} readings to src/producer.ts and killed the leader of a partition (-9) while it sent them. It stayed away.`)
  const { code, sent, stderr } = await running
  if (code !== 0) fail({ subject: 'exit code', expected: '0', saw: `${code}`, details: errorIn(stderr) })
  expect(sent.length, 'lines that it said are there').toBe(COUNT)
  expect((await metadata()).filter(({ isr }) => isr.includes(leader)).length, 'partitions whose replica in sync was the dead broker').toBe(
    0,
  )

  const lost = await lostLines({ kafka, registry }, topic, sent)
  if (lost.length > 0) fail({ subject: 'readings that it said are there and that are not', expected: '0', saw: `~${lost.length}` })
  const told = await consumer.hasTold('src/consumer.ts tells of every message, with two brokers', COUNT, 2 * WITHIN)
  const rejected = told.find(one => one.rejected !== undefined)
  if (rejected) fail({ subject: 'a good message', expected: 'accepted', saw: `rejected: ${rejected.rejected}` })
  await heal!()
})
