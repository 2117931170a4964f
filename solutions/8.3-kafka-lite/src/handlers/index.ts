import type { BrokerContext, RequestInfo } from '../context.ts'
import type { Message } from '../protocol/message.ts'
import * as cluster from '../protocol/messages/cluster.ts'
import * as configs from '../protocol/messages/configs.ts'
import * as groups from '../protocol/messages/groups.ts'
import * as offsets from '../protocol/messages/offsets.ts'
import * as data from '../protocol/messages/produce-fetch.ts'
import * as topics from '../protocol/messages/topics.ts'
import * as txns from '../protocol/messages/transactions.ts'
import { apiVersions } from './api-versions.ts'
import * as onCluster from './cluster.ts'
import * as onConfigs from './configs.ts'
import { fetch } from './fetch.ts'
import * as onGroups from './groups.ts'
import { offsetForLeaderEpoch } from './leader-epoch.ts'
import { listOffsets } from './list-offsets.ts'
import * as onOffsets from './offsets.ts'
import { produce } from './produce.ts'
import * as onTopics from './topics.ts'
import * as onTxns from './transactions.ts'

/** A row of the table with its types folded away. */
export interface Route {
  api: Message
  handle(context: BrokerContext, request: unknown, info: RequestInfo): unknown
}

function route<Req, Res, In>(
  api: Message<Req, Res, In>,
  handle: (context: BrokerContext, request: Req, info: RequestInfo) => In | null | Promise<In | null>,
): [number, Route] {
  return [api.key, { api: api as unknown as Message, handle: handle as Route['handle'] }]
}

/** Which function answers which request. */
export const ROUTES: ReadonlyMap<number, Route> = new Map([
  route(data.Produce, produce),
  route(data.Fetch, fetch),
  route(data.ListOffsets, listOffsets),
  route(data.OffsetForLeaderEpoch, offsetForLeaderEpoch),
  route(cluster.ApiVersions, apiVersions),
  route(cluster.Metadata, onCluster.metadata),
  route(cluster.DescribeCluster, onCluster.describeCluster),
  route(cluster.DescribeLogDirs, onCluster.describeLogDirs),
  route(cluster.SaslHandshake, onCluster.saslHandshake),
  route(cluster.DescribeAcls, onCluster.describeAcls),
  route(cluster.ElectLeaders, onCluster.electLeaders),
  route(cluster.ListPartitionReassignments, onCluster.listPartitionReassignments),
  route(topics.CreateTopics, onTopics.createTopics),
  route(topics.DeleteTopics, onTopics.deleteTopics),
  route(topics.DeleteRecords, onTopics.deleteRecords),
  route(topics.CreatePartitions, onTopics.createPartitions),
  route(configs.DescribeConfigs, onConfigs.describeConfigs),
  route(configs.AlterConfigs, onConfigs.alterConfigs),
  route(configs.IncrementalAlterConfigs, onConfigs.incrementalAlterConfigs),
  route(configs.ListConfigResources, onConfigs.listConfigResources),
  route(groups.FindCoordinator, onGroups.findCoordinator),
  route(groups.JoinGroup, onGroups.joinGroup),
  route(groups.SyncGroup, onGroups.syncGroup),
  route(groups.Heartbeat, onGroups.heartbeat),
  route(groups.LeaveGroup, onGroups.leaveGroup),
  route(groups.DescribeGroups, onGroups.describeGroups),
  route(groups.ListGroups, onGroups.listGroups),
  route(groups.DeleteGroups, onGroups.deleteGroups),
  route(offsets.OffsetCommit, onOffsets.offsetCommit),
  route(offsets.OffsetFetch, onOffsets.offsetFetch),
  route(offsets.OffsetDelete, onOffsets.offsetDelete),
  route(offsets.TxnOffsetCommit, onOffsets.txnOffsetCommit),
  route(txns.InitProducerId, onTxns.initProducerId),
  route(txns.AddPartitionsToTxn, onTxns.addPartitionsToTxn),
  route(txns.AddOffsetsToTxn, onTxns.addOffsetsToTxn),
  route(txns.EndTxn, onTxns.endTxn),
  route(txns.DescribeProducers, onTxns.describeProducers),
  route(txns.DescribeTransactions, onTxns.describeTransactions),
  route(txns.ListTransactions, onTxns.listTransactions),
])
