/** The learner's NiFi: a container of the compose file, with nifi/flow.json uploaded as the user interface does it. */
import type { ComposeFixture } from '../../../engines/docker/fixture.ts'
import type { ComposeProject } from '../../../engines/docker/project.ts'
import { eventually, fail } from '../../../kpi/index.ts'
import type { Learner } from '../../../learner/types.ts'

/** Milliseconds until NiFi answers: a Java program with a hundred processors on a busy machine. */
const STARTS_WITHIN = 220_000

/** A flow that runs. */
export class Nifi {
  readonly #project: ComposeProject
  readonly #api: string
  readonly #http: number

  private constructor(project: ComposeProject) {
    this.#project = project
    this.#api = `http://127.0.0.1:${portOf(project, 8080)}/nifi-api`
    this.#http = portOf(project, 8090)
  }

  /**
   * Starts the service `nifi` alone, uploads the flow and starts it.
   * @throws KpiFailure when NiFi does not take the flow, or a processor of it does not start
   */
  static async open(compose: ComposeFixture, learner: Learner, env: Record<string, string>): Promise<Nifi> {
    const project = await compose.up({ profiles: ['nifi'], services: ['nifi'], env, within: STARTS_WITHIN })
    const nifi = new Nifi(project)
    await eventually('NiFi answers', async () => (await nifi.#ask('/flow/about')).status === 200, { within: STARTS_WITHIN, every: 500 })
    await nifi.#upload(await learner.read('nifi/flow.json'))
    return nifi
  }

  async #upload(flow: string): Promise<void> {
    const form = new FormData()
    for (const [name, value] of Object.entries({ groupName: 'flow', positionX: '0', positionY: '0', clientId: 'grader' }))
      form.set(name, value)
    form.set('file', new Blob([flow], { type: 'application/json' }), 'flow.json')
    const answer = await this.#ask('/process-groups/root/process-groups/upload', { method: 'POST', body: form })
    const refuse = (saw: string): never =>
      fail({ subject: 'nifi/flow.json', expected: 'a flow definition that NiFi takes', saw, lookAt: 'nifi/flow.json' })
    if (answer.status >= 300) refuse(`${answer.status} ${answer.text.slice(0, 300)}`)
    const { id } = JSON.parse(answer.text) as { id: string }
    const { text } = await this.#ask(`/process-groups/${id}/processors`)
    const { processors } = JSON.parse(text) as { processors: { component: { name: string; validationErrors?: string[] } }[] }
    const invalid = processors.find(({ component }) => (component.validationErrors ?? []).length > 0)
    if (processors.length === 0) refuse('a flow without processors')
    if (invalid) refuse(`the processor "${invalid.component.name}": ${invalid.component.validationErrors![0]!}`)
    const headers = { 'content-type': 'application/json' }
    const started = await this.#ask(`/flow/process-groups/${id}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ id, state: 'RUNNING' }),
    })
    if (started.status >= 300) refuse(`it does not start: ${started.status} ${started.text.slice(0, 300)}`)
  }

  async #ask(path: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
    const response = await fetch(this.#api + path, { ...init, signal: AbortSignal.timeout(20_000) })
    return { status: response.status, text: await response.text() }
  }

  /** A file in /inbox of the container, written beside its name and renamed. */
  async drop(name: string, content: string): Promise<void> {
    const write = `cat > '/inbox/.${name}.part' && mv '/inbox/.${name}.part' '/inbox/${name}'`
    const { code, stderr } = await this.#project.exec('nifi', ['sh', '-c', write], { input: content })
    if (code !== 0)
      fail({
        subject: '/inbox of the service nifi',
        expected: 'a folder that its user may write to',
        saw: stderr.trim(),
        lookAt: 'compose.yaml',
      })
  }

  /** POST to the flow's own port; the status. */
  async post(body: string): Promise<number> {
    return (await fetch(`http://127.0.0.1:${this.#http}/readings`, { method: 'POST', body, signal: AbortSignal.timeout(20_000) })).status
  }
}

function portOf(project: ComposeProject, target: number): number {
  const port = project.port('nifi', target)
  if (port === undefined)
    fail({ subject: 'ports of the service nifi', expected: `${target} is published`, saw: 'it is not', lookAt: 'compose.yaml' })
  return port!
}
