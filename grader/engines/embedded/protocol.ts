import type { ServiceName } from '../../course/types.ts'
import type { ErrorCode } from '../../errors/table.ts'

/** What the grader tells a supervisor at its start. Ports are 0 at first; a supervisor that replaces a dead one gets its ports. */
export interface SupervisorPlan {
  runId: string
  runDir: string
  control: { port: number; token: string }
  services: { name: ServiceName; port: number; password: string }[]
}

/** What a supervisor tells the grader. */
export type SupervisorNews =
  | { kind: 'progress'; text: string }
  | { kind: 'up'; service: ServiceName; port: number; user: string; version: string; pid: number }
  | { kind: 'ready'; controlPort: number }
  | { kind: 'failed'; code: ErrorCode; facts: Record<string, unknown> }
