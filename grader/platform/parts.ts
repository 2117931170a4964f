/** The table of the platform's programs: a new one is a line here and a service in compose/platform/. */
import type { Extra } from './types.ts'

/** Addresses and secrets that the programs of a platform are given, as they see them. */
export interface Surroundings {
  db: { host: string; port: number }
  passwords: { owner: string; capture: string; sink: string; reader: string }
  adminUrl: string
  kafka: string
  registry: string
  /** The registry as the Connect worker reaches it. */
  connectRegistry: string
  connect: string
  s3: { url: string; accessKey: string; secretKey: string }
  redis: Partial<Record<Extra, { url: string; prefix: string }>>
  chatSecret: string
  /** The folder of depots.csv, vehicles.csv and shipments.csv. */
  data: string
  /** The folder for a program that keeps files of its own. */
  keep: string
  /** URLs of the programs that have started, by name. */
  url(part: string): string
  has(part: string): boolean
}

/** One program. */
export interface Part {
  name: string
  what: string
  /** The lab it is taken from; undefined: the platform's own, in compose/platform/programs. */
  lab?: string
  entry: string
  extra?: Extra
  memoryMb: number
  /** Path that answers 2xx when it works; undefined: its port is enough. */
  health?: string
  /** Of a program that serves nothing: the line of its output that says that it works; `at-once` when it says nothing. */
  ready?: RegExp | 'at-once'
  env: (at: Surroundings) => Record<string, string>
  /** It reads the files of the business. */
  readsData?: boolean
  /** It keeps files of its own. */
  keeps?: boolean
}

const role = (at: Surroundings, name: 'fjord' | 'reader'): string =>
  `postgres://${name}:${at.passwords[name === 'fjord' ? 'owner' : name]}@${at.db.host}:${at.db.port}/fjord`
const kafka = (at: Surroundings) => ({ KAFKA_BROKERS: at.kafka, REGISTRY_URL: at.registry })
const s3 = (at: Surroundings) => ({ S3_ENDPOINT: at.s3.url, S3_ACCESS_KEY: at.s3.accessKey, S3_SECRET_KEY: at.s3.secretKey })
const redis = (at: Surroundings, extra: Extra) => ({ REDIS_URL: at.redis[extra]!.url, KEY_PREFIX: at.redis[extra]!.prefix })

/** Programs in the order in which they start: each finds those before it. */
export const PARTS: readonly Part[] = [
  {
    name: 'rules',
    what: 'stream processor: readings to alerts',
    lab: '3.3',
    entry: 'src/processor.ts',
    memoryMb: 192,
    ready: /^ready$/,
    readsData: true,
    // Two seconds of patience show an alert at once; a fleet that drives through tunnels would wait for minutes.
    env: at => ({ ...kafka(at), GROUP_ID: 'rules', VEHICLES_CSV: `${at.data}/vehicles.csv`, MAX_LATENESS_SECONDS: '2', IDLE_MS: '1000' }),
  },
  {
    name: 'shipments',
    what: 'changes of shipments into their Delta table',
    lab: '5.5',
    entry: 'src/processor.ts',
    memoryMb: 384,
    ready: 'at-once',
    keeps: true,
    env: at => ({
      ...kafka(at),
      CHANGES_TOPIC: 'fjord.public.shipments',
      FORMAT: 'avro',
      GROUP_ID: 'shipments',
      APP_ID: 'shipments-1',
      CHECKPOINT_DIR: at.keep,
      S3_ENDPOINT: at.s3.url,
      AWS_ACCESS_KEY_ID: at.s3.accessKey,
      AWS_SECRET_ACCESS_KEY: at.s3.secretKey,
      BUCKET: 'lake',
    }),
  },
  {
    name: 'lake',
    what: 'readings and alerts into Delta tables, compaction, report',
    entry: 'lake.ts',
    memoryMb: 384,
    health: '/health',
    env: at => ({ ...kafka(at), ...s3(at) }),
  },
  {
    name: 'chat',
    what: 'chat of the dispatchers',
    lab: '6.3',
    entry: 'src/server.ts',
    extra: 'chat',
    memoryMb: 192,
    env: at => ({ ...redis(at, 'chat'), AUTH_SECRET: at.chatSecret, INSTANCE: 'chat', HTTP_PORT: '0' }),
  },
  {
    name: 'dispatch',
    what: 'tells the dispatchers of alerts',
    entry: 'dispatch.ts',
    extra: 'chat',
    memoryMb: 128,
    health: '/health',
    env: at => ({ ...kafka(at), CHAT_ADDRESS: new URL(at.url('chat')).host, CHAT_SECRET: at.chatSecret }),
  },
  {
    name: 'limiter',
    what: 'rate limiter of the partner API',
    lab: '6.2',
    entry: 'src/server.ts',
    extra: 'limiter',
    memoryMb: 128,
    health: '/ready',
    env: at => ({ ...redis(at, 'limiter'), INSTANCE: 'limiter', FAIL_POLICY: 'closed', REDIS_TIMEOUT_MS: '1000' }),
  },
  {
    name: 'partner-api',
    what: 'what carriers may ask, behind the limiter',
    entry: 'partner-api.ts',
    extra: 'limiter',
    memoryMb: 128,
    health: '/health',
    env: at => ({ LIMITER_URL: at.url('limiter'), DATABASE_URL: role(at, 'reader') }),
  },
  {
    name: 'scheduler',
    what: 'master of the job scheduler',
    lab: '6.1',
    entry: 'src/master.ts',
    extra: 'scheduler',
    memoryMb: 128,
    health: '/ready',
    env: at => ({ ...redis(at, 'scheduler'), NAME: 'scheduler' }),
  },
  {
    name: 'worker',
    what: 'worker of the job scheduler',
    lab: '6.1',
    entry: 'src/worker.ts',
    extra: 'scheduler',
    memoryMb: 128,
    health: '/ready',
    env: at => ({ ...redis(at, 'scheduler'), NAME: 'worker', CONCURRENCY: '2' }),
  },
  {
    name: 'status',
    what: 'status page',
    entry: 'status.ts',
    memoryMb: 128,
    env: at => ({
      ...kafka(at),
      CONNECT_URL: at.connect,
      DATABASE_URL: role(at, 'reader'),
      ...Object.fromEntries(
        Object.entries({ LAKE_URL: 'lake', DISPATCH_URL: 'dispatch', LIMITER_URL: 'limiter', PARTNER_API_URL: 'partner-api', SCHEDULER_URL: 'scheduler' }) // biome-ignore format: one line
          .filter(([, part]) => at.has(part))
          .map(([variable, part]) => [variable, at.url(part)]),
      ),
    }),
  },
]

/** A step of preparation: a program that is run to its end. */
export interface Step {
  what: string
  lab?: string
  entry: string
  args?: readonly string[]
  /** It reads the files of the business. */
  readsData?: boolean
  env: (at: Surroundings) => Record<string, string>
}

/** Before the programs start; `jobs` comes after them. */
export const STEPS: Record<'database' | 'load' | 'pipeline' | 'jobs', Step> = {
  database: {
    what: 'roles and database',
    entry: 'prepare.ts',
    args: ['database'],
    env: at => ({
      ADMIN_URL: at.adminUrl,
      ...Object.fromEntries(Object.entries(at.passwords).map(([name, value]) => [`${name.toUpperCase()}_PASSWORD`, value])),
    }),
  },
  load: {
    what: 'depots, vehicles, shipments',
    lab: '5.1',
    entry: 'src/load.ts',
    env: at => ({ DATABASE_URL: role(at, 'fjord'), CSV_DIR: at.data }),
    readsData: true,
  },
  pipeline: {
    what: 'tables, topics, bucket, connectors',
    entry: 'prepare.ts',
    args: ['pipeline'],
    env: at => ({
      ...kafka(at),
      ...s3(at),
      DATABASE_URL: role(at, 'fjord'),
      CONNECT_URL: at.connect,
      CONNECT_REGISTRY_URL: at.connectRegistry,
      DB_HOST: at.db.host,
      DB_PORT: String(at.db.port),
      CAPTURE_PASSWORD: at.passwords.capture,
      SINK_PASSWORD: at.passwords.sink,
    }),
  },
  jobs: {
    what: 'nightly jobs',
    entry: 'prepare.ts',
    args: ['jobs'],
    env: at => ({ SCHEDULER_URL: at.url('scheduler'), LAKE_URL: at.url('lake') }),
  },
}
