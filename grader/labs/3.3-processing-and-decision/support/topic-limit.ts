import { ConfigResourceTypes } from 'kafkajs'
import type { KafkaFixture } from '../../../services/types.ts'

/** Bytes that a message of a topic may have at most: with 1 the broker refuses all. */
export async function limitOf({ admin }: KafkaFixture, topic: string, bytes: number): Promise<void> {
  const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }]
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] })
}
