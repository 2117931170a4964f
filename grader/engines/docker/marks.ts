/** Labels by which everything of a run is found again in the engine, whoever started it. */
import { hostname } from 'node:os'
import { runsDir } from '../../process/places.ts'

/** Whose a container, network or volume is. */
export interface Marks {
  runId: string
  project: string
}

export const RUN_LABEL = 'org.millrace.run'
export const HOME_LABEL = 'org.millrace.home'

/** Where runs of this user on this machine have their folders: an engine may be shared with others, whose runs we cannot see. */
export const home = (): string => `${hostname()}:${runsDir()}`

/** The labels of everything that a project makes. */
export const labelsOf = ({ runId }: Marks): Record<string, string> => ({ [RUN_LABEL]: runId, [HOME_LABEL]: home() })

/** Compose project names of a run start with it; images that a project builds do too. */
export const projectPrefix = (runId: string): string => `mr${runId.toLowerCase().replace(/[^a-z0-9]/g, '')}-`
