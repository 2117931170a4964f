import type { TopicStore } from './cluster/topic-store.ts'
import type { Topics } from './cluster/topics.ts'
import type { GroupCoordinator } from './groups/group-coordinator.ts'
import type { Metrics } from './metrics.ts'
import type { Connection } from './network/connection.ts'
import type { BrokerOptions } from './options.ts'
import type { TxnCoordinator } from './transactions/txn-coordinator.ts'

/** What every request handler may use. */
export interface BrokerContext {
  options: BrokerOptions
  /** Where clients are told to connect. */
  address: { host: string; port: number }
  store: TopicStore
  topics: Topics
  groups: GroupCoordinator
  txns: TxnCoordinator
  metrics: Metrics
}

/** Who asked, and in which version. */
export interface RequestInfo {
  version: number
  clientId: string
  connection: Connection
}

/** Answers one kind of request; null means that the protocol has no answer (acks=0). */
export type Handler<Req, ResInput> = (context: BrokerContext, request: Req, info: RequestInfo) => ResInput | null | Promise<ResInput | null>
