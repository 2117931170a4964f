/** Structured lines in the log of api. */
import type { ComposeProject } from '../../../engines/docker/project.ts'

export interface Line {
  /** When the engine got it, milliseconds since the epoch. */
  at: number
  event?: unknown
  dependency?: unknown
  cause?: unknown
}

/** Lines of one event about one dependency, in order. Lines that are not JSON are somebody else's. */
export async function linesOf(project: ComposeProject, event: string, dependency: string): Promise<Line[]> {
  return (await project.logs('api', { times: true })).split('\n').flatMap(text => {
    try {
      const space = text.indexOf(' ')
      const line = { ...(JSON.parse(text.slice(space + 1)) as Line), at: Date.parse(text.slice(0, space)) }
      return line.event === event && line.dependency === dependency ? [line] : []
    } catch {
      return []
    }
  })
}
