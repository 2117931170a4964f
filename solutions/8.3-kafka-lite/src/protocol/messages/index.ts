import type { Message } from '../message.ts'
import * as cluster from './cluster.ts'
import * as configs from './configs.ts'
import * as groups from './groups.ts'
import * as offsets from './offsets.ts'
import * as produceFetch from './produce-fetch.ts'
import * as topics from './topics.ts'
import * as transactions from './transactions.ts'

/** Every request this broker understands, by API key. ApiVersions announces this table; PROTOCOL.md prints it. */
export const MESSAGES: ReadonlyMap<number, Message> = new Map(
  [produceFetch, cluster, topics, configs, groups, offsets, transactions]
    .flatMap(table => Object.values(table) as unknown as Message[])
    .sort((a, b) => a.key - b.key)
    .map(row => [row.key, row]),
)
