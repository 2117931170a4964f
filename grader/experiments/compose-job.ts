/** A job of the learner's compose file: a service that is run with the environment of one KPI, beside the project that is up. */
import { docker } from '../engines/docker/client.ts'
import type { ComposeProject } from '../engines/docker/project.ts'
import { LearnerFault } from '../kpi/outcomes.ts'

const WITHIN = 60_000

/** A container that runs once; it outlives its own end, so that it can be started again. */
export class ComposeJob {
  readonly #id: string
  readonly #service: string

  private constructor(id: string, service: string) {
    this.#id = id
    this.#service = service
  }

  /**
   * `docker compose run` of a service, without those that it depends on: they are up.
   * @param cleanup told how the container is removed
   * @throws LearnerFault when compose refuses
   */
  static async run(
    project: ComposeProject,
    service: string,
    env: Record<string, string>,
    cleanup: (fn: () => unknown) => void,
  ): Promise<ComposeJob> {
    const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
    const { code, stdout, stderr } = await project.compose(['run', '--detach', '--no-deps', ...variables, service], { within: WITHIN })
    if (code !== 0) throw new LearnerFault({ subject: `docker compose run ${service}`, expected: 'a container', saw: stderr.trim().split('\n').at(-1) ?? '', lookAt: 'compose.yaml' }) // biome-ignore format: one line
    const id = stdout.trim().split('\n').at(-1)!
    cleanup(() => docker(['rm', '--force', '--volumes', id], { within: WITHIN }))
    return new ComposeJob(id, service)
  }

  async running(): Promise<boolean> {
    return (await docker(['inspect', '--format', '{{.State.Running}}', this.#id])).trim() === 'true'
  }

  /** SIGKILL to its main process; false when it had ended. */
  async kill(): Promise<boolean> {
    if (!(await this.running())) return false
    await docker(['kill', '--signal', 'KILL', this.#id], { within: WITHIN })
    return true
  }

  /** Starts the same container again: what it has written to its own file system is there. */
  async start(): Promise<void> {
    await docker(['start', this.#id], { within: WITHIN })
  }

  /** @throws LearnerFault with the end of what it printed when it has ended */
  async mustRun(): Promise<void> {
    if (await this.running()) return
    const printed = await docker(['logs', '--tail', '60', this.#id], { within: WITHIN })
    const errors = printed.split('\n').filter(line => /\b\w*(Error|Exception)\b/.test(line))
    throw new LearnerFault({
      subject: `the job ${this.#service}`,
      expected: 'runs until it is stopped',
      saw: 'it ended',
      details: errors.slice(-3),
    })
  }
}
