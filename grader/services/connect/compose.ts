/** The Connect worker of a learner's compose project. */
import type { ComposeProject } from '../../engines/docker/project.ts'
import { composeHost, publishedPort } from '../compose-host.ts'
import type { ComposeServed } from '../compose-services.ts'
import { askJson } from '../json-client.ts'

const PORT = 8083

/** @throws LearnerFault when 8083 is not published */
export async function connectOf(project: ComposeProject, names: readonly string[]): Promise<ComposeServed> {
  const name = names[0]!
  const port = publishedPort(project, name, PORT)
  const endpoint = { service: 'connect', host: '127.0.0.1', port, user: '', password: '', version: 'Connect of the compose file', pid: 0 } as const // biome-ignore format: one line
  const host = composeHost({
    project,
    names,
    port: { outside: PORT, inside: PORT },
    answering: `${name} lists its connectors`,
    answers: async () => (await askJson(`http://127.0.0.1:${port}`, '/connectors')).status === 200,
  })
  return { endpoint, host }
}
