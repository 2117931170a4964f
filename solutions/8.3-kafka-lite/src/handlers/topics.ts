import { checkConfig, topicSettings } from '../cluster/topic-configs.ts'
import { INTERNAL_TOPICS, type Topic } from '../cluster/topics.ts'
import type { BrokerContext, Handler } from '../context.ts'
import { NO_UUID } from '../protocol/codec.ts'
import { errorCodeOf, KafkaError } from '../protocol/errors.ts'
import type * as m from '../protocol/messages/topics.ts'
import { describeTopicConfigs } from './configs.ts'

type Req<M extends { request: { read(r: never): unknown } }> = ReturnType<M['request']['read']>
type Res<M extends { response: { write(w: never, v: never): void } }> = Parameters<M['response']['write']>[1]
type NewTopic = Req<typeof m.CreateTopics>['topics'][number]

/** @throws KafkaError INVALID_TOPIC_EXCEPTION that says what is wrong with the name */
export function checkName(context: BrokerContext, name: string): void {
  const refuse = (why: string) => new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${why}`)
  if (name === '') throw refuse('the empty string is not allowed')
  if (name === '.' || name === '..') throw refuse(`'${name}' is not allowed`)
  if (name.length > 249) throw refuse(`the length of '${name}' is longer than the max allowed length 249`)
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    throw refuse(`'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`)
  }
  const flat = name.replaceAll('.', '_')
  const collision = context.topics.all().find(t => t.record.name !== name && t.record.name.replaceAll('.', '_') === flat)
  if (collision && /[._]/.test(name)) {
    throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic '${name}' collides with existing topic: ${collision.record.name}`)
  }
}

function partitionCount({ options }: BrokerContext, topic: NewTopic): number {
  if (topic.assignments.length === 0) {
    if (topic.numPartitions === 0 || topic.numPartitions < -1) {
      throw new KafkaError('INVALID_PARTITIONS', 'Number of partitions must be larger than 0.')
    }
    if (topic.replicationFactor === 0 || topic.replicationFactor < -1) {
      throw new KafkaError('INVALID_REPLICATION_FACTOR', 'Replication factor must be larger than 0, or -1 to use the default value.')
    }
    if (topic.replicationFactor > 1) {
      throw new KafkaError(
        'INVALID_REPLICATION_FACTOR',
        `Unable to replicate the partition ${topic.replicationFactor} time(s): 1 broker is registered.`,
      )
    }
    return topic.numPartitions === -1 ? options.numPartitions : topic.numPartitions
  }
  if (topic.numPartitions !== -1 || topic.replicationFactor !== -1) {
    throw new KafkaError('INVALID_REQUEST', 'A manual assignment excludes a number of partitions and a replication factor.')
  }
  checkAssignments(
    options.nodeId,
    topic.assignments.map(a => a.brokerIds),
  )
  const indexes = new Set(topic.assignments.map(a => a.partitionIndex))
  if (indexes.size !== topic.assignments.length || topic.assignments.some(a => a.partitionIndex < 0 || a.partitionIndex >= indexes.size)) {
    throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', 'partitions should be a consecutive 0-based integer sequence')
  }
  return indexes.size
}

function checkAssignments(nodeId: number, assignments: number[][]): void {
  for (const ids of assignments) {
    if (ids.length !== 1 || ids[0] !== nodeId) {
      throw new KafkaError(
        'INVALID_REPLICA_ASSIGNMENT',
        `The manual partition assignment includes broker ${ids.find(id => id !== nodeId)}, but no such broker is registered.`,
      )
    }
  }
}

/** Checks everything about a new topic and creates it (with `dryRun`, only checks); the caller awaits the store. @throws KafkaError */
export function createTopic(context: BrokerContext, topic: NewTopic): Topic
export function createTopic(context: BrokerContext, topic: NewTopic, dryRun: boolean): Topic | number
export function createTopic(context: BrokerContext, topic: NewTopic, dryRun = false): Topic | number {
  if (context.topics.get(topic.name)) throw new KafkaError('TOPIC_ALREADY_EXISTS', `Topic '${topic.name}' already exists.`)
  checkName(context, topic.name)
  if (INTERNAL_TOPICS.has(topic.name)) throw new KafkaError('INVALID_REQUEST', `Creation of internal topic ${topic.name} is prohibited.`)
  const count = partitionCount(context, topic)
  const configs: Record<string, string> = {}
  for (const { name, value } of topic.configs) {
    checkConfig(name, value)
    configs[name] = value!
  }
  if (!dryRun) return context.topics.create(topic.name, count, configs)
  context.topics.checkRoom(count)
  return count
}

/** Creates topics. */
export const createTopics: Handler<Req<typeof m.CreateTopics>, Res<typeof m.CreateTopics>> = async (context, request) => {
  const names = request.topics.map(t => t.name)
  const topics = request.topics.map(topic => {
    try {
      if (names.indexOf(topic.name) !== names.lastIndexOf(topic.name)) throw new KafkaError('INVALID_REQUEST', 'Duplicate topic name.')
      const made = createTopic(context, topic, request.validateOnly)
      const created = typeof made === 'number' ? null : made
      const overrides = created?.record.configs ?? Object.fromEntries(topic.configs.map(c => [c.name, c.value!]))
      return {
        name: topic.name,
        topicId: created?.record.id ?? NO_UUID,
        errorCode: 0,
        numPartitions: created?.partitions.length ?? (made as number),
        replicationFactor: 1,
        configs: describeTopicConfigs(context, overrides),
      }
    } catch (error) {
      return { name: topic.name, errorCode: errorCodeOf(error), errorMessage: (error as Error).message, configs: [] }
    }
  })
  if (!request.validateOnly && topics.some(t => t.errorCode === 0)) await context.topics.save()
  return { topics }
}

/** Deletes topics, by name or id. */
export const deleteTopics: Handler<Req<typeof m.DeleteTopics>, Res<typeof m.DeleteTopics>> = async (context, request, { version }) => {
  const asked = version >= 6 ? request.topics : request.topicNames.map(name => ({ name, topicId: NO_UUID }))
  const responses = await Promise.all(
    asked.map(async ({ name, topicId }) => {
      try {
        const topic = name === null ? context.topics.byId(topicId) : context.topics.get(name)
        if (!topic)
          throw new KafkaError(name === null ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic.')
        if (topic.internal) throw new KafkaError('INVALID_REQUEST', 'Internal topics cannot be deleted here.')
        await context.topics.delete(topic)
        return { name: topic.record.name, topicId: topic.record.id, errorCode: 0 }
      } catch (error) {
        return { name, topicId, errorCode: errorCodeOf(error), errorMessage: (error as Error).message }
      }
    }),
  )
  return { responses }
}

/** Adds partitions. */
export const createPartitions: Handler<Req<typeof m.CreatePartitions>, Res<typeof m.CreatePartitions>> = async (context, request) => {
  const results = request.topics.map(({ name, count, assignments }) => {
    try {
      const topic = context.topics.get(name)
      if (!topic) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.')
      const now = topic.partitions.length
      if (count <= now) {
        const why =
          count === now
            ? `Topic already has ${now} partition(s).`
            : `The topic ${name} currently has ${now} partition(s); ${count} would not be an increase.`
        throw new KafkaError('INVALID_PARTITIONS', why)
      }
      if (assignments) {
        if (assignments.length !== count - now) throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', `${count - now} assignments are needed`)
        checkAssignments(
          context.options.nodeId,
          assignments.map(a => a.brokerIds),
        )
      }
      if (request.validateOnly) context.topics.checkRoom(count - now)
      else context.topics.grow(topic, count)
      return { name, errorCode: 0 }
    } catch (error) {
      return { name, errorCode: errorCodeOf(error), errorMessage: (error as Error).message }
    }
  })
  if (!request.validateOnly && results.some(r => r.errorCode === 0)) await context.topics.save()
  return { results }
}

/** Moves the start of partitions forward; durable when answered. */
export const deleteRecords: Handler<Req<typeof m.DeleteRecords>, Res<typeof m.DeleteRecords>> = async (context, request) => ({
  topics: await Promise.all(
    request.topics.map(async ({ name, partitions }) => ({
      name,
      partitions: await Promise.all(
        partitions.map(async ({ partitionIndex, offset }) => {
          try {
            const topic = context.topics.get(name)
            const partition = topic?.partitions[partitionIndex]
            if (!topic || !partition) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
            if (topic.internal || !topicSettings(topic.record.configs, context.options.topicDefaults).deleteOld)
              throw new KafkaError('POLICY_VIOLATION')
            const target = offset === -1 ? partition.highWatermark : offset
            if (target < 0 || target > partition.highWatermark) throw new KafkaError('OFFSET_OUT_OF_RANGE')
            await partition.log.startAt(target)
            return { partitionIndex, lowWatermark: partition.log.logStartOffset, errorCode: 0 }
          } catch (error) {
            return { partitionIndex, lowWatermark: -1, errorCode: errorCodeOf(error) }
          }
        }),
      ),
    })),
  ),
})
