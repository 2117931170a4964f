import { type Admin, Kafka, logLevel, type RetryOptions } from 'kafkajs'

/** The grader's own client; it stays with the broker through outages of some seconds. */
export function graderKafka(brokers: string[], retry: RetryOptions = {}): Kafka {
  return new Kafka({
    clientId: 'grader',
    brokers,
    logLevel: logLevel.NOTHING, // The broker is killed on purpose; what is asked of it meanwhile says so itself.
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 30, maxRetryTime: 500, retries: 20, ...retry },
  })
}

/** Deletes the groups, then the topics, that `mine` picks. The broker's own topics are never touched. */
export async function deleteWhere(admin: Admin, mine: (name: string) => boolean): Promise<void> {
  const groups = (await admin.listGroups()).groups.map(group => group.groupId).filter(mine)
  // A group whose members still hold on (a program that was stopped, not ended) is left to its session timeout.
  if (groups.length > 0) await admin.deleteGroups(groups).catch(() => {})
  const topics = (await admin.listTopics()).filter(name => !/^__(consumer_offsets|transaction_state)$/.test(name) && mine(name))
  if (topics.length > 0) await admin.deleteTopics({ topics })
}
