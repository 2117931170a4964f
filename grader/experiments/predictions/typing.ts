/** Compose commands as a learner types them, for experiments: run on a project and kept in the record. */
import { quote } from 'shell-quote'
import type { DockerAnswer } from '../../engines/docker/client.ts'
import type { ComposeProject } from '../../engines/docker/project.ts'
import type { Recorder } from './types.ts'

/** Milliseconds for one command. */
const WITHIN = 60_000

/** Runs `docker compose <words>` and records it with what it printed; its exit code is the caller's to judge. */
export type Type = (...words: string[]) => Promise<DockerAnswer>

/** What compose says of its own progress names containers of this run; only answers and failures are worth reading. */
export function typing(project: Pick<ComposeProject, 'compose' | 'name'>, record: Recorder): Type {
  return async (...words) => {
    const answer = await project.compose(words, { within: WITHIN })
    const said = answer.code === 0 ? answer.stdout : `${answer.stdout}${answer.stderr.trim().split('\n').at(-1) ?? ''}`
    record.ran(`docker compose ${quote(words)}`, said.replaceAll(`${project.name}-`, '').replaceAll(project.name, 'project'), answer.code)
    return answer
  }
}
