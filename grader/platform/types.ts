/** The whole platform, as `pnpm platform` brings it up: its parts, and what others are told of a running one. */
import type { EngineName } from '../course/types.ts'

/** Parts that are only there when asked for (`--with`). */
export const EXTRAS = ['scheduler', 'limiter', 'chat', 'spark'] as const
export type Extra = (typeof EXTRAS)[number]

/** Extras that only containers can bring. */
export const CONTAINERS_ONLY: readonly Extra[] = ['spark']

/** Whose labs the parts are taken from. */
export type PartsFrom = 'solutions' | 'labs'

/** What `up` was asked for. */
export interface PlatformRequest {
  extras: readonly Extra[]
  from: PartsFrom
}

/** One part of a running platform, for people. */
export interface PartShown {
  name: string
  what: string
  /** "PostgreSQL 18", "the course's own (lab 8.3)", "your lab 6.1". */
  whose: string
  /** Where it is reached from this machine; parts that nobody asks have none. */
  at?: string
}

/** How to reach a running platform from this machine, with the secrets that takes. */
export interface Access {
  /** The owner of the data. */
  databaseUrl: string
  kafka: string
  registry: string
  connect: string
  s3: { url: string; accessKey: string; secretKey: string }
  status: string
  chat?: { address: string; secret: string }
  partnerApi?: string
  limiter?: string
  scheduler?: string
  /** A Spark job writes the table of minutes. */
  spark?: boolean
  /** The lake's own address as the scheduler's workers see it. */
  lakeForJobs: string
}

/** What stands in .millrace/platform/state.json while a platform is up. It holds secrets: only its owner may read it. */
export interface PlatformState {
  version: 1
  engine: EngineName
  /** The process that owns an embedded platform; 0 on docker. */
  pid: number
  birth: string
  startedAt: string
  extras: Extra[]
  from: PartsFrom
  parts: PartShown[]
  access: Access
  logs: string
}

/** What an engine does for `pnpm platform`. */
export interface OnEngine {
  /** Its exit code. */
  up(asked: PlatformRequest & { root: string }): Promise<number>
  /** Parts that have a log, and the end of one; text undefined when there is no such part. */
  logs(state: PlatformState, part: string | undefined, root: string): Promise<{ names: string[]; text: string | undefined }>
  down(root: string, state: PlatformState): Promise<void>
  /** Ends it when it runs, and removes what it keeps. */
  reset(root: string, state: PlatformState | undefined): Promise<void>
}
