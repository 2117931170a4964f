/** The learner's Dockerfile as an image, for KPIs about the image itself or about one container of it. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { LearnerFault } from '../../kpi/outcomes.ts'
import { askDocker, type DockerAnswer, docker } from './client.ts'
import { HOME_LABEL, home, labelArgs, labelsOf, type Marks, projectPrefix } from './marks.ts'

/** Milliseconds for a build. */
const BUILD_WITHIN = 5 * 60_000

/** One step of a build as BuildKit recorded it. */
export interface BuildStep {
  /** E.g. "[build 3/4] COPY requirements.txt ." */
  name: string
  /** It was not run: its result was there. */
  cached: boolean
}

export interface BuildOptions {
  /** The Dockerfile, relative to the folder; default Dockerfile. */
  file?: string
}

export interface BuiltImage {
  /** Name and tag of this run's own. */
  tag: string
  /** User of its processes as the image says; empty means root. */
  user: string
  bytes: number
  /** Bytes of each layer, base first. */
  layers: number[]
  /** What the build did, in its own words; empty when the engine keeps no such record. */
  steps: BuildStep[]
  /** Labels for containers of this image, by which they are found again. */
  labels: Record<string, string>
  /** `docker run --rm` with these options before the image and this command after it. At most 30 s. */
  run(options: readonly string[], command?: readonly string[]): Promise<DockerAnswer>
  remove(): Promise<void>
}

/** A Dockerfile that does not build: the learner's, unless a KPI builds one of its own and expects it. */
export class BuildFailed extends LearnerFault {
  /** The step and what went wrong, in BuildKit's words. */
  readonly reason: string
  constructor(file: string, record: BuildRecord, stderr: string) {
    const said = stderr
      .split('\n')
      .filter(line => /^(ERROR|error)/.test(line))
      .at(-1)
    const reason = (record.error ?? said ?? stderr.trim().split('\n').at(-1) ?? 'no reason was given').slice(0, 300)
    super({ did: [], subject: `docker build -f ${file}`, expected: 'an image', saw: reason, lookAt: file })
    this.name = 'BuildFailed'
    this.reason = reason
  }
}

interface BuildRecord {
  steps: BuildStep[]
  error?: string
}

/** Reads BuildKit's record (`--progress=rawjson`): JSON objects one after the other, each with the vertexes that changed. */
function readRecord(stderr: string): BuildRecord {
  const steps = new Map<string, BuildStep>()
  let error: string | undefined
  for (const text of stderr.split(/^(?=\{)/m)) {
    let part: { vertexes?: { digest: string; name: string; cached?: boolean; error?: string }[] }
    try {
      part = JSON.parse(text)
    } catch {
      continue // A line of the client's own.
    }
    for (const { digest, name, cached, error: failed } of part.vertexes ?? []) {
      steps.set(digest, { name, cached: cached === true || steps.get(digest)?.cached === true })
      if (failed && !/context canceled/.test(failed)) error ??= `${name}: ${failed}`
    }
  }
  return { steps: [...steps.values()], ...(error ? { error } : {}) }
}

/**
 * Builds a Dockerfile of a folder.
 * @throws BuildFailed when it does not build
 */
export async function buildImage(dir: string, runId: string, { file = 'Dockerfile' }: BuildOptions = {}): Promise<BuiltImage> {
  const tag = `${projectPrefix(runId)}${randomBytes(3).toString('hex')}:run`
  const marks: Marks = { runId, project: tag.split(':')[0]! }
  const { code, stderr } = await askDocker(
    ['build', '--progress', 'rawjson', '--label', `${HOME_LABEL}=${home()}`, '--tag', tag, '--file', join(dir, file), dir],
    { within: BUILD_WITHIN, runId, env: { DOCKER_BUILDKIT: '1' } },
  )
  const record = readRecord(stderr)
  if (code !== 0) throw new BuildFailed(file, record, stderr)
  const [facts] = JSON.parse(await docker(['image', 'inspect', tag])) as { Size: number; Config: { User?: string } }[]
  const history = await docker(['history', '--no-trunc', '--human=false', '--format', '{{.Size}}', tag])
  const labels = labelsOf(marks)
  return {
    tag,
    user: facts!.Config.User ?? '',
    bytes: facts!.Size,
    steps: record.steps,
    layers: history
      .split('\n')
      .map(Number)
      .filter(size => size > 0)
      .reverse(),
    labels,
    run: (options, command = []) => askDocker(['run', '--rm', ...labelArgs(labels), ...options, tag, ...command], { runId }),
    remove: async () => void (await askDocker(['image', 'rm', '--force', '--no-prune', tag])),
  }
}
