/** Endpoints of running services as the grader sees them, and the confined ones a learner's program gets. */
import type { ServiceName } from '../course/types.ts'

/** Plain data, handed from the grade process to the KPI worker. Never given to a learner's program. */
export interface ServiceEndpoint {
  service: ServiceName
  host: string
  port: number
  /** Administrator credentials, for the grader only. */
  user: string
  password: string
  /** Loopback port + token of the host process's control channel (clock steering, pause, restart). */
  control?: { port: number; token: string }
  /** Of a REST interface that does not begin at the root, e.g. "/apis/ccompat/v7". */
  path?: string
  /** Real version inside, e.g. "Valkey 9.0.1 (WebAssembly)". */
  version: string
  /** Pid of the service's host process. */
  pid: number
}

/** A service brought up by an engine. */
export interface RunningService {
  endpoint: ServiceEndpoint
  /** True when it still answers; false after e.g. a learner's endless Lua loop. */
  healthy(): Promise<boolean>
  stop(): Promise<void>
}

/** What a KPI sees of Valkey: its own key prefix, an ACL user confined to it, and the server's clock. */
export interface ValkeyFixture {
  /** redis:// URL with the confined user's credentials: this is what learners' programs get. */
  url: string
  host: string
  port: number
  user: string
  password: string
  /** Every key of this KPI starts with it, e.g. "mr7f3a:". */
  prefix: string
  /** The grader's own client, as administrator. */
  admin: import('ioredis').Redis
  clock: ClockControl
  /** Restart the server (kill -9 of its host, start again on the same port); data is lost unless saved. */
  restart(): Promise<void>
  /** The server stops answering (SIGSTOP of its host process) until resumed. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** kill -9; `start` brings it back on the same port, with its ACL user. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** Steers what the server believes the time is (TIME, expiry). Microseconds since the epoch. */
export interface ClockControl {
  /** Stop the clock at the current (or given) time; from here on only `advance` and `set` move it. */
  freeze(atMicros?: bigint): Promise<bigint>
  /** Move a frozen clock forward (or backward) by milliseconds. */
  advance(ms: number): Promise<bigint>
  set(micros: bigint): Promise<bigint>
  /** Run with the machine's time again. */
  release(): Promise<void>
  now(): Promise<bigint>
}

/** What a KPI sees of PostgreSQL: a database and role of its own (never superuser). */
export interface PostgresFixture {
  /** postgres:// URL of the learner's role. */
  url: string
  host: string
  port: number
  /** For other services of the engine: containers know each other by name. */
  inside: { host: string; port: number }
  database: string
  user: string
  password: string
  /** The grader's own pool on that database, as administrator. */
  admin: import('pg').Pool
  restart(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  kill(): Promise<void>
  start(): Promise<void>
}

/** Outages that a KPI can bring on a service whose data survives them. */
export interface ServiceFaults {
  /** kill -9, then start again on the same port with its data. */
  restart(): Promise<void>
  /** It stops answering (SIGSTOP) until resumed. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** kill -9; `start` brings it back on the same port with its data. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** What a KPI sees of Kafka: a broker, and the prefix of its own topics and groups. */
export interface KafkaFixture extends ServiceFaults {
  /** host:port (several with commas between), as a client's list of brokers. */
  brokers: string
  /** For other services of the engine: containers know each other by name. */
  inside: { brokers: string }
  host: string
  port: number
  /** Every topic and group of this KPI starts with it, e.g. "no_loss_7f3a91_". */
  topicPrefix: string
  /** The grader's own client. */
  client: import('kafkajs').Kafka
  /** Connected. */
  admin: import('kafkajs').Admin
}

/** What a KPI sees of the object store: credentials confined to its own buckets. */
export interface ObjectStoreFixture extends ServiceFaults {
  /** http:// URL of the S3 endpoint; buckets are addressed by path. */
  url: string
  /** For other services of the engine: containers know each other by name. */
  inside: { url: string }
  host: string
  port: number
  /** The confined user's: this is what learners' programs get. */
  accessKey: string
  secretKey: string
  /** Every bucket of this KPI starts with it, e.g. "put-get-7f3a91-". */
  bucketPrefix: string
  /** The grader's own client, as administrator. */
  admin: import('@aws-sdk/client-s3').S3Client
}

/** What a KPI sees of the schema registry, and of the Connect worker. */
export interface RegistryFixture extends ServiceFaults {
  /** http:// URL, as clients configure it. */
  url: string
  /** For other services of the engine: containers know each other by name. */
  inside: { url: string }
  host: string
  port: number
  /** The grader's own requests; every status is an answer. */
  ask<T = Record<string, unknown>>(path: string, method?: string, body?: unknown): Promise<{ status: number; body: T }>
}

export type ConnectFixture = RegistryFixture
