/** The Kafka Streams program as an image of this run. */
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../course/types.ts'
import { docker } from '../../engines/docker/client.ts'
import { labelArgs, labelsOf, projectPrefix } from '../../engines/docker/marks.ts'
import { hostSettings } from '../../images/host-settings.ts'

/** Milliseconds for the build: the first one fetches Kafka's archives. */
const WITHIN = 15 * 60_000

/**
 * Builds solutions/<lab>/bench/streams with the lab's schemas; `removeRun` removes it again, what was fetched stays in the builder's cache.
 * @throws DockerFailure with the last lines of the build
 */
export async function buildPeer(lab: Lab, runId: string, scratch: string): Promise<string> {
  const context = join(scratch, 'peer')
  const tag = `${projectPrefix(runId)}streams:run`
  mkdirSync(scratch, { recursive: true })
  cpSync(join(lab.solutionDir, 'bench', 'streams'), context, { recursive: true })
  for (const name of ['reading.avsc', 'alert.avsc']) cpSync(join(lab.labDir, 'src', name), join(context, 'src/main/resources', name))
  const labels = labelArgs(labelsOf({ runId, project: tag.split(':')[0]! }))
  await docker(['build', '--progress=plain', ...hostSettings(), ...labels, '--tag', tag, context], {
    within: WITHIN,
    env: { DOCKER_BUILDKIT: '1' },
  })
  rmSync(context, { recursive: true, force: true })
  return tag
}
