/** Compose commands as a learner types them, for experiments: run on a project and kept in the record. */
import { stripVTControlCharacters } from 'node:util'
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
    const said = answer.code === 0 ? answer.stdout : `${answer.stdout}${complaint(answer.stderr)}`
    record.ran(`docker compose ${quote(words)}`, said.replaceAll(`${project.name}-`, '').replaceAll(project.name, 'project'), answer.code)
    return answer
  }
}

/** The last lines that say why: without compose's progress, and without the caret that psql draws below a statement. */
const complaint = (stderr: string): string =>
  stripVTControlCharacters(stderr)
    .split('\n')
    .filter(line => !/^\s*(\^|$)/.test(line) && !/^ (Container|Network|Volume) /.test(line) && !/^LINE \d+:/.test(line))
    .slice(-3)
    .join('\n')
