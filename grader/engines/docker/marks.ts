/** Labels by which everything of a run is found again in the engine, whoever started it. */
import { hostname } from 'node:os'
import { runsDir } from '../../process/places.ts'

/** Whose a container, network or volume is. */
export interface Marks {
  runId: string
  project: string
  /** It outlives the KPI that made it, and ends with the run. */
  warm?: boolean
}

export const RUN_LABEL = 'org.millrace.run'
export const HOME_LABEL = 'org.millrace.home'
/** How long it is kept: "kpi" or "run". */
export const KEEP_LABEL = 'org.millrace.keep'

/** Where runs of this user on this machine have their folders: an engine may be shared with others, whose runs we cannot see. */
export const home = (runs: string = runsDir()): string => `${hostname()}:${runs}`

/** The labels of everything that a project makes. */
export const labelsOf = ({ runId, warm }: Marks): Record<string, string> => ({
  [RUN_LABEL]: runId,
  [HOME_LABEL]: home(),
  [KEEP_LABEL]: warm ? 'run' : 'kpi',
})

/** Labels as arguments of `docker run`, `create` and others. */
export const labelArgs = (labels: Record<string, string>): string[] =>
  Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`])

/** Compose project names of a run start with it; images that a project builds do too. */
export const projectPrefix = (runId: string): string => `mr${runId.toLowerCase().replace(/[^a-z0-9]/g, '')}-`
