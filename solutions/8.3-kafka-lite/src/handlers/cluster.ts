import type { Topic } from '../cluster/topics.ts'
import type { BrokerContext, Handler } from '../context.ts'
import { NO_UUID } from '../protocol/codec.ts'
import { ERRORS, errorCodeOf, KafkaError } from '../protocol/errors.ts'
import type * as m from '../protocol/messages/cluster.ts'
import { checkName, createTopic } from './topics.ts'

type Req<M extends { request: { read(r: never): unknown } }> = ReturnType<M['request']['read']>
type Res<M extends { response: { write(w: never, v: never): void } }> = Parameters<M['response']['write']>[1]

/** All operations a client may do; there is no authorizer, so these are all that exist for the resource. */
const CLUSTER_OPERATIONS = 0b1111110110000
const TOPIC_OPERATIONS = 0b110111111000

const broker = ({ options, address }: BrokerContext) => ({ nodeId: options.nodeId, host: address.host, port: address.port, rack: null })

/** Brokers and topics; creates missing topics where both sides allow it. */
export const metadata: Handler<Req<typeof m.Metadata>, Res<typeof m.Metadata>> = async (context, request, { version }) => {
  const asked = version === 0 && request.topics?.length === 0 ? null : request.topics
  const topics = asked
    ? await Promise.all(asked.map(topic => describeAsked(context, request, topic.name, topic.topicId)))
    : context.topics.all().map(topic => describe(context, topic, request.includeTopicAuthorizedOperations))
  return {
    brokers: [broker(context)],
    clusterId: context.store.clusterId,
    controllerId: context.options.nodeId,
    topics: version < 12 ? topics.map(t => ({ ...t, name: t.name ?? '' })) : topics,
    ...(request.includeClusterAuthorizedOperations ? { clusterAuthorizedOperations: CLUSTER_OPERATIONS } : {}),
  }
}

async function describeAsked(context: BrokerContext, request: Req<typeof m.Metadata>, name: string | null, id: string) {
  const known = name === null ? context.topics.byId(id) : context.topics.get(name)
  if (known) return describe(context, known, request.includeTopicAuthorizedOperations)
  if (name === null) return { errorCode: ERRORS.UNKNOWN_TOPIC_ID, name: null, topicId: id, partitions: [] }
  try {
    checkName(context, name)
    if (!request.allowAutoTopicCreation || !context.options.autoCreateTopics) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
    const created = createTopic(context, { name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] })
    await context.topics.save()
    return describe(context, created, request.includeTopicAuthorizedOperations)
  } catch (error) {
    const code = errorCodeOf(error)
    const raced = code === ERRORS.TOPIC_ALREADY_EXISTS ? context.topics.get(name) : undefined
    return raced ? describe(context, raced, false) : { errorCode: code, name, topicId: NO_UUID, partitions: [] }
  }
}

function describe({ options }: BrokerContext, topic: Topic, operations: boolean) {
  const replicas = [options.nodeId]
  return {
    errorCode: 0,
    name: topic.record.name as string | null,
    topicId: topic.record.id,
    isInternal: topic.internal,
    partitions: topic.partitions.map(p => ({
      errorCode: 0,
      partitionIndex: p.index,
      leaderId: options.nodeId,
      leaderEpoch: p.leaderEpoch,
      replicaNodes: replicas,
      isrNodes: replicas,
      offlineReplicas: [],
    })),
    ...(operations ? { topicAuthorizedOperations: TOPIC_OPERATIONS } : {}),
  }
}

/** The brokers alone. */
export const describeCluster: Handler<Req<typeof m.DescribeCluster>, Res<typeof m.DescribeCluster>> = (context, request) => {
  const { nodeId, ...where } = broker(context)
  return {
    clusterId: context.store.clusterId,
    controllerId: nodeId,
    endpointType: request.endpointType,
    brokers: [{ brokerId: nodeId, ...where }],
    ...(request.includeClusterAuthorizedOperations ? { clusterAuthorizedOperations: CLUSTER_OPERATIONS } : {}),
  }
}

/** Bytes on disk, by partition. */
export const describeLogDirs: Handler<Req<typeof m.DescribeLogDirs>, Res<typeof m.DescribeLogDirs>> = (context, request) => {
  const asked = request.topics ? new Map(request.topics.map(t => [t.topic, new Set(t.partitions)])) : null
  const topics = context.topics
    .all()
    .filter(t => !asked || asked.has(t.record.name))
    .map(t => ({
      name: t.record.name,
      partitions: t.partitions
        .filter(p => !asked || asked.get(t.record.name)!.has(p.index))
        .map(p => ({ partitionIndex: p.index, partitionSize: p.log.size, offsetLag: 0, isFutureKey: false })),
    }))
  return { results: [{ errorCode: 0, logDir: context.options.dataDir, topics }] }
}

/** No mechanism is offered. */
export const saslHandshake: Handler<Req<typeof m.SaslHandshake>, Res<typeof m.SaslHandshake>> = () => ({
  errorCode: ERRORS.ILLEGAL_SASL_STATE,
  mechanisms: [],
})

/** No authorizer is set. */
export const describeAcls: Handler<Req<typeof m.DescribeAcls>, Res<typeof m.DescribeAcls>> = () => ({
  errorCode: ERRORS.SECURITY_DISABLED,
  errorMessage: 'No Authorizer is configured.',
})

/** The one node leads everything. */
export const electLeaders: Handler<Req<typeof m.ElectLeaders>, Res<typeof m.ElectLeaders>> = (context, request) => {
  const all = () => context.topics.all().map(t => ({ topic: t.record.name, partitions: t.partitions.map(p => p.index) }))
  return {
    replicaElectionResults: (request.topicPartitions ?? all()).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map(partitionId => {
        const name = context.topics.partition(topic, partitionId) ? 'ELECTION_NOT_NEEDED' : 'UNKNOWN_TOPIC_OR_PARTITION'
        return { partitionId, errorCode: ERRORS[name], errorMessage: name }
      }),
    })),
  }
}

/** Nothing moves. */
export const listPartitionReassignments: Handler<
  Req<typeof m.ListPartitionReassignments>,
  Res<typeof m.ListPartitionReassignments>
> = () => ({
  topics: [],
})
