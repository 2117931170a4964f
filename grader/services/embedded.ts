/** What a service must supply to run on the embedded engine. The supervisor process drives it; nothing here runs in the grader. */
import type { ServiceName } from '../course/types.ts'
import type { Warden } from '../process/warden.ts'

/** What the supervisor gives a service to start its server with. */
export interface StartContext {
  runId: string
  /** A folder of this service's own in the run's folder; removed at the end. */
  dir: string
  /** The port to listen on: 0 at the first start, the same one afterwards. */
  port: number
  user: string
  password: string
  /** Commands of the service's own kind to run before clients get in (e.g. ACL users after a restart). */
  setup: string[][]
  /** State that survives a kill and start, as the server last reported it. */
  state: Record<string, unknown>
  warden: Warden
  /** File descriptor of the service's log. */
  logFd: number
  env: NodeJS.ProcessEnv
  progress(text: string): void
  /** The port of another service of this engine, once that has started. Rejects with MR-E-042 when the lab does not list it. */
  peer(name: ServiceName): Promise<number>
}

/** One started server. */
export interface EmbeddedServer {
  pid: number
  port: number
  version: string
  /** Resolves with how it ended, e.g. "was ended by SIGKILL". */
  exited: Promise<string>
  /** An operation of the service's own, asked for by the fixture; may change `ctx.state`. */
  request?(op: string, args: Record<string, unknown>): Promise<unknown>
  /** Ends it in order (default: kill -9). */
  stop?(): Promise<void>
}

/**
 * A service on the embedded engine. `start` may throw coded errors; one with code ETIMEDOUT becomes MR-E-043, ENOSPC MR-E-041, any other
 * MR-E-045. Whatever it started must be gone when it throws.
 */
export interface EmbeddedService {
  user: string
  /** Milliseconds from start to usable before `start` gives up. */
  startWithin: number
  start(ctx: StartContext): Promise<EmbeddedServer>
  /** True when the server answers a real request; the caller sets the deadline. */
  ping(ctx: Pick<StartContext, 'port' | 'user' | 'password'>): Promise<boolean>
}
