/** The schema registry of a learner's compose project. */
import type { ComposeProject } from '../../engines/docker/project.ts'
import { composeHost, publishedPort } from '../compose-host.ts'
import type { ComposeServed } from '../compose-services.ts'
import { askJson } from '../json-client.ts'

/** Confluent's registry serves its interface at the root of 8081, Apicurio's below a path of 8080. */
const KINDS = [
  { port: 8081, path: '' },
  { port: 8080, path: '/apis/ccompat/v7' },
] as const

/** @throws LearnerFault when neither 8081 nor 8080 is published */
export async function registryOf(project: ComposeProject, names: readonly string[]): Promise<ComposeServed> {
  const name = names[0]!
  const { port: target, path } = KINDS.find(kind => project.port(name, kind.port) !== undefined) ?? KINDS[1]
  const port = publishedPort(project, name, target)
  const endpoint = { service: 'registry', host: '127.0.0.1', port, path, user: '', password: '', version: 'Registry of the compose file', pid: 0 } as const // biome-ignore format: one line
  const host = composeHost({
    project,
    names,
    port: { outside: target, inside: target },
    answering: `${name} lists its subjects`,
    answers: async () => (await askJson(`http://127.0.0.1:${port}${path}`, '/subjects')).status === 200,
  })
  return { endpoint, host }
}
