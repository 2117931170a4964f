import { CONFIG_TYPE, checkConfig, TOPIC_CONFIGS } from '../cluster/topic-configs.ts'
import type { Topic } from '../cluster/topics.ts'
import type { BrokerContext, Handler } from '../context.ts'
import { errorCodeOf, KafkaError } from '../protocol/errors.ts'
import type * as m from '../protocol/messages/configs.ts'

type Req<M extends { request: { read(r: never): unknown } }> = ReturnType<M['request']['read']>
type Res<M extends { response: { write(w: never, v: never): void } }> = Parameters<M['response']['write']>[1]

const TOPIC = 2
const BROKER = 4
const SOURCE = { topic: 1, staticBroker: 4, default: 5 }
const SET = 0
const DELETE = 1
const APPEND = 2

/** A topic's configuration with the source of each value. */
export function describeTopicConfigs({ options }: BrokerContext, overrides: Record<string, string>) {
  return Object.entries(TOPIC_CONFIGS).map(([name, row]) => {
    const chain = [
      { name, value: overrides[name], source: SOURCE.topic },
      { name: row.brokerName ?? name, value: options.topicDefaults[name], source: SOURCE.staticBroker },
      { name: row.brokerName ?? name, value: row.default as string | undefined, source: SOURCE.default },
    ].filter((s): s is { name: string; value: string; source: number } => s.value !== undefined)
    return {
      name,
      value: chain[0]!.value,
      readOnly: false,
      configSource: chain[0]!.source,
      isSensitive: false,
      synonyms: chain,
      configType: CONFIG_TYPE[row.type],
      documentation: row.doc,
    }
  })
}

function describeBrokerConfigs({ options, address }: BrokerContext) {
  const settings: Record<string, [value: string | number, type: keyof typeof CONFIG_TYPE]> = {
    'node.id': [options.nodeId, 'int'],
    'broker.id': [options.nodeId, 'int'],
    'advertised.listeners': [`PLAINTEXT://${address.host}:${address.port}`, 'string'],
    'log.dirs': [options.dataDir, 'string'],
    'num.partitions': [options.numPartitions, 'int'],
    'default.replication.factor': [1, 'int'],
    'auto.create.topics.enable': [String(options.autoCreateTopics), 'boolean'],
    'max.connections': [options.maxConnections, 'int'],
    'socket.request.max.bytes': [options.maxRequestBytes, 'int'],
    'fetch.max.bytes': [options.maxFetchBytes, 'int'],
    'group.min.session.timeout.ms': [options.group.minSessionTimeoutMs, 'int'],
    'group.max.session.timeout.ms': [options.group.maxSessionTimeoutMs, 'int'],
    'group.initial.rebalance.delay.ms': [options.group.initialRebalanceDelayMs, 'int'],
    'offsets.topic.num.partitions': [options.group.offsetsPartitions, 'int'],
    'transaction.max.timeout.ms': [options.txn.maxTimeoutMs, 'int'],
  }
  for (const [name, row] of Object.entries(TOPIC_CONFIGS)) {
    if (row.brokerName) settings[row.brokerName] = [options.topicDefaults[name] ?? row.default, row.type]
  }
  return Object.entries(settings).map(([name, [value, type]]) => ({
    name,
    value: String(value),
    readOnly: true,
    configSource: SOURCE.staticBroker,
    isSensitive: false,
    synonyms: [{ name, value: String(value), source: SOURCE.staticBroker }],
    configType: CONFIG_TYPE[type],
    documentation: null,
  }))
}

function existingTopic(context: BrokerContext, name: string): Topic {
  const topic = context.topics.get(name)
  if (!topic) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
  return topic
}

function resourceConfigs(context: BrokerContext, type: number, name: string) {
  if (type === TOPIC) return describeTopicConfigs(context, existingTopic(context, name).record.configs)
  if (type !== BROKER) throw new KafkaError('INVALID_REQUEST', `Unsupported resource type: ${type}`)
  if (name !== '' && name !== String(context.options.nodeId)) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `Unexpected broker id, expected ${context.options.nodeId} or empty string, but received ${name}`,
    )
  }
  return name === '' ? [] : describeBrokerConfigs(context)
}

/** What is configured, and where each value comes from. */
export const describeConfigs: Handler<Req<typeof m.DescribeConfigs>, Res<typeof m.DescribeConfigs>> = (context, request) => ({
  results: request.resources.map(({ resourceType, resourceName, configurationKeys }) => {
    try {
      const configs = resourceConfigs(context, resourceType, resourceName)
        .filter(c => !configurationKeys || configurationKeys.includes(c.name))
        .map(c => ({
          ...c,
          synonyms: request.includeSynonyms ? c.synonyms : [],
          documentation: request.includeDocumentation ? c.documentation : null,
        }))
      return { errorCode: 0, errorMessage: null, resourceType, resourceName, configs }
    } catch (error) {
      return { errorCode: errorCodeOf(error), errorMessage: (error as Error).message, resourceType, resourceName, configs: [] }
    }
  }),
})

async function alter(
  context: BrokerContext,
  resources: { resourceType: number; resourceName: string }[],
  validateOnly: boolean,
  change: (index: number, present: Record<string, string>) => Record<string, string>,
) {
  let changed = false
  const responses = resources.map(({ resourceType, resourceName }, i) => {
    try {
      if (resourceType !== TOPIC)
        throw new KafkaError('INVALID_REQUEST', 'Broker settings are given by the environment at start; only topics can be altered.')
      const topic = existingTopic(context, resourceName)
      const next = change(i, topic.record.configs)
      for (const [name, value] of Object.entries(next)) checkConfig(name, value)
      if (!validateOnly) {
        context.topics.configure(topic, next)
        changed = true
      }
      return { errorCode: 0, errorMessage: null, resourceType, resourceName }
    } catch (error) {
      return { errorCode: errorCodeOf(error), errorMessage: (error as Error).message, resourceType, resourceName }
    }
  })
  if (changed) await context.topics.save()
  return { responses }
}

/** Replaces the configuration of topics. */
export const alterConfigs: Handler<Req<typeof m.AlterConfigs>, Res<typeof m.AlterConfigs>> = (context, { resources, validateOnly }) =>
  alter(context, resources, validateOnly, i => {
    const next: Record<string, string> = {}
    for (const { name, value } of resources[i]!.configs) {
      checkConfig(name, value)
      next[name] = value!
    }
    return next
  })

/** Changes single values of topics. */
export const incrementalAlterConfigs: Handler<Req<typeof m.IncrementalAlterConfigs>, Res<typeof m.IncrementalAlterConfigs>> = (
  context,
  { resources, validateOnly },
) =>
  alter(context, resources, validateOnly, (i, present) => {
    const next = { ...present }
    for (const { name, configOperation, value } of resources[i]!.configs) {
      const row = TOPIC_CONFIGS[name]
      if (configOperation === DELETE) delete next[name]
      else if (configOperation === SET) {
        checkConfig(name, value)
        next[name] = value!
      } else {
        if (row?.type !== 'list' || value === null)
          throw new KafkaError('INVALID_CONFIG', `Can't append or subtract: ${name} is not a list`)
        const items = (next[name] ?? row.default).split(',').filter(item => item && item !== value)
        next[name] = (configOperation === APPEND ? [...items, value] : items).join(',')
      }
    }
    return next
  })

/** The names of what can be configured. */
export const listConfigResources: Handler<Req<typeof m.ListConfigResources>, Res<typeof m.ListConfigResources>> = (
  context,
  request,
  { version },
) => {
  if (version === 0) return { configResources: [] }
  const wants = (type: number) => request.resourceTypes.length === 0 || request.resourceTypes.includes(type)
  const topics = wants(TOPIC) ? context.topics.all().map(t => ({ resourceName: t.record.name, resourceType: TOPIC })) : []
  const brokers = wants(BROKER) ? [{ resourceName: String(context.options.nodeId), resourceType: BROKER }] : []
  return { configResources: [...topics, ...brokers] }
}
