import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scenarios as admin } from './conformance/kafkajs-admin.ts'
import { scenarios as data } from './conformance/kafkajs-data.ts'
import { scenarios as groups } from './conformance/kafkajs-groups.ts'
import { scenarios as transactions } from './conformance/kafkajs-transactions.ts'
import { scenarios as kcat, whyNoKcat } from './conformance/kcat.ts'
import { scenarios as platformatic } from './conformance/platformatic.ts'
import { scenarios as rawGroups } from './conformance/raw-groups.ts'
import { scenarios as raw } from './conformance/raw-protocol.ts'
import { scenarios as rawTransactions } from './conformance/raw-transactions.ts'
import { targetAt } from './conformance/scenario.ts'
import { startApacheKafka, whyNoApacheKafka } from './support/apache-kafka.ts'
import { eventually } from './support/eventually.ts'
import { spawnKafkaLite, temporaryDirectory } from './support/kafka-lite.ts'

const noKcat = whyNoKcat()
const noApache = whyNoApacheKafka()
const scenarios = [...data, ...groups, ...transactions, ...admin, ...platformatic, ...raw, ...rawTransactions, ...rawGroups, ...kcat]

/** Milliseconds: the first time Apache Kafka's jars are fetched, and a busy machine starts Java in its own time. */
const STARTS_WITHIN = 300_000

function suite(start: () => Promise<{ port: number; stop: () => Promise<void> }>): void {
  let node: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    node = await start()
  }, STARTS_WITHIN)
  afterAll(() => node?.stop())
  for (const scenario of scenarios) {
    const missing = scenario.name.startsWith('kcat') ? noKcat : null
    test.skipIf(missing)(missing ? `${scenario.name} (skipped: ${missing})` : scenario.name, async () => {
      expect(await scenario.run(targetAt(node.port))).toEqual(scenario.expected)
    })
  }
}

describe('Kafka-lite', { concurrent: false }, () => {
  suite(async () => {
    const { directory, remove } = temporaryDirectory('conformance')
    const node = await spawnKafkaLite({ DATA_DIR: directory })
    return {
      port: node.port,
      stop: async () => {
        await node.kill('SIGTERM')
        remove()
      },
    }
  })
})

describe.skipIf(noApache)(noApache ? `Apache Kafka (skipped: ${noApache})` : 'Apache Kafka', () => {
  suite(async () => {
    const node = await startApacheKafka()
    // Its coordinators come up on first use; the comparison begins when they are there.
    const warm = transactions[1]!
    await eventually(() => warm.run(targetAt(node.port)).catch(() => null), 'Apache Kafka with its coordinators', 90_000)
    return node
  })
})
