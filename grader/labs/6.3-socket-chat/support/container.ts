/** Needs docker: the learner's image, built and run. */
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers'
import { fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'

export interface Image {
  name: string
  /** The user of its processes; empty means root. */
  user: string
  bytes: number
  start(env: Record<string, string>): Promise<StartedTestContainer>
}

/** Build the Dockerfile of the workspace. @throws KpiFailure with the end of the build's output when it does not build */
export async function buildImage({ learner, random, cleanup }: Pick<KpiFixtures, 'learner' | 'random' | 'cleanup'>): Promise<Image> {
  const name = `millrace-lab-6-3-${random.word(10)}`
  const runtime = await getContainerRuntimeClient()
  try {
    await GenericContainer.fromDockerfile(learner.dir).build(name, { deleteOnExit: true })
  } catch (error) {
    fail({ subject: 'docker build of your lab folder', expected: 'an image', saw: String(error).slice(-400) })
  }
  const image = runtime.container.dockerode.getImage(name)
  cleanup(() => image.remove({ force: true }))
  const facts = await image.inspect()
  return {
    name,
    user: facts.Config.User ?? '',
    bytes: facts.Size,
    async start(env) {
      const container = await new GenericContainer(name)
        .withEnvironment({ PORT: '7000', HTTP_PORT: '7080', REDIS_URL: 'redis://127.0.0.1:1', ...env })
        .withExposedPorts(7000, 7080)
        .withWaitStrategy(Wait.forListeningPorts())
        .start()
      cleanup(() => container.stop())
      return container
    },
  }
}

/** Take a container off every network: no FIN, no RST, nothing arrives any more. */
export async function unplug(container: StartedTestContainer): Promise<void> {
  const { dockerode } = (await getContainerRuntimeClient()).container
  const facts = await dockerode.getContainer(container.getId()).inspect()
  for (const network of Object.values(facts.NetworkSettings.Networks))
    await dockerode.getNetwork(network.NetworkID).disconnect({ Container: container.getId(), Force: true })
}
