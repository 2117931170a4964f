/** The one shape every view is rendered from (results.json), and the events behind the timeline. */
import type { EngineName } from '../course/types.ts'

export const VERDICTS = ['pass', 'fail', 'timeout', 'inconclusive', 'environment-error', 'grader-error', 'not-run'] as const
/** A learner pays for `fail` and `timeout` only. */
export type Verdict = (typeof VERDICTS)[number]

/** Why a KPI did not run. `cancelled`: the run was ended (Ctrl-C) first. */
export type NotRunReason = 'locked' | 'needs-docker' | 'filtered' | 'cancelled'

/** What a learner reads when a KPI did not pass: done, expected, seen, where to look. */
export interface Feedback {
  /** What the grader did, in order, in the first person ("I drained the bucket …"). */
  did: string[]
  /** What was judged, e.g. "requests let through by 4 nodes together". */
  subject?: string
  expected?: string
  saw?: string
  /** Further facts, each a line: last log lines, exit code, smallest failing example. */
  details?: string[]
  /** File (and line) to look at; only when the cause is certain. */
  lookAt?: string
  /** For timeout, inconclusive, environment and grader errors: what happened and what to do. */
  because?: string
  /** Code of the errors table (MR-E-0xx), where one applies. */
  code?: string
}

export interface KpiResult {
  id: string
  claim: string
  verdict: Verdict
  /** Only with `not-run`. */
  reason?: NotRunReason
  /** With `locked`: the KPIs it waits for. */
  waitsFor?: string[]
  points: number
  bonus: boolean
  /** points when passed, else 0. */
  earned: number
  durationMs: number
  feedback?: Feedback
  /** The command that runs just this KPI again with the same seed. */
  replay: string
}

export interface Results {
  /** Version of this schema. */
  version: 1
  lab: string
  folder: string
  title: string
  /** The lab's one-sentence story, printed under its title. */
  story?: string
  engine: EngineName
  seed: number
  /** 'learner', 'starter', 'solution' or 'mutant:<name>'. */
  source: string
  /** ISO 8601, UTC. */
  startedAt: string
  durationMs: number
  kpis: KpiResult[]
  /** Without bonus; bonus apart. */
  totals: { earned: number; points: number; bonusEarned: number; bonusPoints: number }
  /** Limits that this platform cannot enforce, each a sentence. */
  unenforced: string[]
  /** Protected files that differ from the original; the original was used. */
  protectedChanged: string[]
  /** Versions that matter for reading the result: node, platform, services. */
  environment: Record<string, string>
  /** Evidence folder, relative to the repository. */
  evidence: string
  exitCode: number
  /** The one next command, or null when everything is done. */
  next: string | null
}

/** One entry of events.ndjson: everything the timeline shows. Times are milliseconds since the run's start. */
export interface TimelineEvent {
  kpi: string
  /** Row of the timeline: 'grader', 'server-1', 'valkey', 'nemesis' … */
  lane: string
  kind: 'op' | 'fault' | 'log' | 'mark'
  at: number
  /** With a duration (op, fault): when it ended. */
  until?: number
  label: string
  ok?: boolean
  /** Free facts, shown on selection. */
  detail?: Record<string, unknown>
}
