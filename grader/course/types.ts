/** What a lab is, after its `lab.yaml` has been checked. Shapes only: no behaviour here. */

/** Which kind of runtime the lab's services run on. */
export type EngineName = 'embedded' | 'docker'

/** Services an engine can bring up for a lab. */
export type ServiceName = 'postgres' | 'valkey' | 'kafka' | 'registry' | 'object-store' | 'connect'

/** Which services of the learner's compose file are the lab's services on the docker engine; several where brokers form a cluster. */
export type ComposeMap = { [name in Exclude<ServiceName, 'valkey'>]?: string[] | undefined }

/** One graded claim: data here, behaviour in `grader/labs/<lab>/<id>.test.ts`. */
export interface KpiSpec {
  /** Stable, unique in the lab, never reused; also the name of its test file. */
  id: string
  /** One sentence in the learner's words: what is true when it passes. */
  claim: string
  /** Document and line of the source that asks for it. */
  source: string
  points: number
  /** Bonus points count on top and are never needed for a full score. */
  bonus: boolean
  /** KPIs that must have passed before this one is run; until then it is `not-run: locked`. */
  after: string[]
  /** What it needs beyond the lab's engine, e.g. `docker`. */
  needs: 'docker'[]
  /** Seconds until the KPI is a `timeout`. */
  deadline: number
  /** Names of the mutants (folders) that this KPI must fail. */
  mutants: string[]
  /** A ladder of three: a question, a pointer, a near-solution. */
  hints: string[]
  /** What the untouched starter gets; `locked` is implied by `after`. */
  starter: 'fail' | 'pass'
}

/** One lab: its manifest plus where its folders are (absolute paths). */
export interface Lab {
  /** "6.2" */
  id: string
  /** "6.2-rate-limiter": the folder name in labs/, solutions/ and grader/labs/. */
  folder: string
  title: string
  story: string
  minutes: number
  /** Still being written: it can be graded, but `pnpm test` does not hold the gate's verdict on it against the course. */
  draft: boolean
  engines: EngineName[]
  services: ServiceName[]
  /** Services that the learner's own compose file provides on the docker engine; the others are embedded there, too. */
  compose: ComposeMap
  /** Files the learner may edit, relative to the lab folder; everything else is protected. */
  edit: string[]
  kpis: KpiSpec[]
  labDir: string
  solutionDir: string
  testDir: string
}

/** Whose program is judged. */
export type Source = { kind: 'learner' } | { kind: 'starter' } | { kind: 'solution' } | { kind: 'mutant'; name: string }
