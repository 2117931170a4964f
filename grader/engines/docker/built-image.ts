/** The learner's Dockerfile as an image, for KPIs about the image itself or about one container of it. */
import { randomBytes } from 'node:crypto'
import { LearnerFault } from '../../kpi/outcomes.ts'
import { askDocker, type DockerAnswer, docker } from './client.ts'
import { HOME_LABEL, home, labelsOf, type Marks, projectPrefix } from './marks.ts'

/** Milliseconds for a build. */
const BUILD_WITHIN = 5 * 60_000

export interface BuiltImage {
  /** Name and tag of this run's own. */
  tag: string
  /** User of its processes as the image says; empty means root. */
  user: string
  bytes: number
  /** Bytes of each layer, base first. */
  layers: number[]
  /** Labels for containers of this image, by which they are found again. */
  labels: Record<string, string>
  /** `docker run --rm` with these options before the image and this command after it. At most 30 s. */
  run(options: readonly string[], command?: readonly string[]): Promise<DockerAnswer>
  remove(): Promise<void>
}

/**
 * Builds the Dockerfile of a folder.
 * @throws LearnerFault with the end of the build's output when it does not build
 */
export async function buildImage(labDir: string, runId: string): Promise<BuiltImage> {
  const tag = `${projectPrefix(runId)}${randomBytes(3).toString('hex')}:run`
  const marks: Marks = { runId, project: tag.split(':')[0]! }
  const { code, stderr } = await askDocker(['build', '--progress', 'plain', '--label', `${HOME_LABEL}=${home()}`, '--tag', tag, labDir], {
    within: BUILD_WITHIN,
    runId,
    env: { DOCKER_BUILDKIT: '1' },
  })
  if (code !== 0)
    throw new LearnerFault({
      did: [],
      subject: 'docker build of your lab folder',
      expected: 'an image',
      saw:
        stderr
          .trim()
          .split('\n')
          .filter(line => /error|failed/i.test(line))
          .at(-1)
          ?.slice(0, 300) ?? `exit code ${code}`,
      lookAt: 'Dockerfile',
    })
  const [facts] = JSON.parse(await docker(['image', 'inspect', tag])) as { Size: number; Config: { User?: string } }[]
  const history = await docker(['history', '--no-trunc', '--human=false', '--format', '{{.Size}}', tag])
  const labels = labelsOf(marks)
  return {
    tag,
    user: facts!.Config.User ?? '',
    bytes: facts!.Size,
    layers: history
      .split('\n')
      .map(Number)
      .filter(size => size > 0)
      .reverse(),
    labels,
    run: (options, command = []) =>
      askDocker(
        ['run', '--rm', ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]), ...options, tag, ...command],
        { runId },
      ),
    remove: async () => void (await askDocker(['image', 'rm', '--force', '--no-prune', tag])),
  }
}
