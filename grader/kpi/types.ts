/** What a KPI test is given. Fixtures are made only when a KPI names them in its parameters. */
import type { ComposeFixture } from '../engines/docker/fixture.ts'
import type { Pool, QuestionSet } from '../experiments/predictions/types.ts'
import type { Learner } from '../learner/types.ts'
import type { TimelineEvent } from '../results/types.ts'
import type {
  ConnectFixture,
  KafkaFixture,
  ObjectStoreFixture,
  PostgresFixture,
  RegistryFixture,
  ValkeyFixture,
} from '../services/types.ts'

/** Seeded random numbers; every random choice of a KPI comes from here so that `--seed` replays it. */
export interface Random {
  /** [0, 1) */
  next(): number
  /** Integer in [min, max], both ends included. */
  int(min: number, max: number): number
  pick<T>(items: readonly T[]): T
  shuffle<T>(items: readonly T[]): T[]
  /** Lower-case letters and digits. */
  word(length?: number): string
  /** An independent stream, so that adding a draw here does not shift the draws there. */
  fork(label: string): Random
}

export interface Timeline {
  /** Milliseconds since the run's start, the time axis of all evidence. */
  now(): number
  add(event: Omit<TimelineEvent, 'kpi'>): void
  /** Record an operation from start to settle, with its outcome. */
  op<T>(lane: string, label: string, run: () => Promise<T>, detail?: Record<string, unknown>): Promise<T>
  mark(label: string): void
}

/** Whose questions a KPI judges; see experiments/predictions/judge.ts. */
export interface PredictionsFixture extends QuestionSet {
  lab: string
  /** All pools of the lab. */
  pools(): Promise<readonly Pool[]>
  /** The KPI's folder in the evidence. */
  evidence: string
}

export interface KpiFixtures {
  learner: Learner
  valkey: ValkeyFixture
  postgres: PostgresFixture
  kafka: KafkaFixture
  objectStore: ObjectStoreFixture
  registry: RegistryFixture
  connect: ConnectFixture
  predictions: PredictionsFixture
  compose: ComposeFixture
  seed: number
  random: Random
  timeline: Timeline
  /** A folder of the grader's own for this KPI (the learner's programs cannot reach it). */
  scratch: string
  /** Registers clean-up that runs whatever happens, last registered first. */
  cleanup: (fn: () => unknown) => void
  /** Which engine runs the services. */
  engine: import('../course/types.ts').EngineName
}
