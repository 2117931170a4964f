import { setTimeout as delay } from 'node:timers/promises'
import { askDocker, type DockerAnswer, type DockerOptions, docker } from '../../engines/docker/client.ts'

export interface StartOptions {
  env?: Record<string, string>
  /** Ports of the container that are published on 127.0.0.1. */
  ports?: number[]
  /** After the image: the container's command. */
  command?: string[]
  /** Further arguments of `docker create`. */
  args?: string[]
  /** Files put into the container before it starts: path → text. They are executable. */
  files?: Record<string, string>
  /** Another image of the kit, as a partner of the one on trial. */
  image?: string
  /** A name by which the trial's other containers reach it; they share a network then. */
  alias?: string
  /** Default 512m. */
  memory?: string
}

/** One image on trial, with partners where its job needs them. Everything is removed at the end. */
export class Trial {
  readonly image: string
  private readonly name: string
  private readonly labels: Record<string, string>
  private count = 0
  private readonly containers: string[] = []
  private network = ''
  private readonly ends: (() => Promise<unknown>)[] = []

  constructor(image: string, name: string, labels: Record<string, string>) {
    this.image = image
    this.name = name
    this.labels = labels
  }

  /** Start a container; its name. */
  async start(options: StartOptions = {}): Promise<string> {
    const name = `${this.name}-${++this.count}`
    const pairs = (flag: string, values: Record<string, string> = {}) =>
      Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`])
    const ports = (options.ports ?? []).flatMap(port => ['--publish', `127.0.0.1::${port}`])
    const args = [
      '--name',
      name,
      '--pull',
      'never',
      '--memory',
      options.memory ?? '512m',
      ...(options.alias ? ['--network', await this.sharedNetwork(), '--network-alias', options.alias] : []),
      ...pairs('--label', this.labels),
      ...pairs('--env', options.env),
      ...ports,
    ]
    await docker(['create', ...args, ...(options.args ?? []), options.image ?? this.image, ...(options.command ?? [])])
    this.containers.push(name)
    for (const [path, text] of Object.entries(options.files ?? {})) await docker(['cp', '-', `${name}:/`], { input: tarOf(path, text) })
    await docker(['start', name])
    return name
  }

  private async sharedNetwork(): Promise<string> {
    if (this.network) return this.network
    const labels = Object.entries(this.labels).flatMap(([key, value]) => ['--label', `${key}=${value}`])
    await docker(['network', 'create', ...labels, this.name])
    this.network = this.name
    return this.network
  }

  /** The container that was started last. */
  get container(): string {
    return this.containers.at(-1)!
  }

  /** The port of 127.0.0.1 that leads to one of the container. */
  async port(inside: number, container = this.container): Promise<number> {
    return Number((await docker(['port', container, `${inside}/tcp`])).split('\n')[0]!.split(':').at(-1))
  }

  exec(command: string[], options: DockerOptions = {}): Promise<DockerAnswer> {
    return askDocker(['exec', '--interactive', this.container, ...command], options)
  }

  /** Run a command to its end in a container of its own; its output, trimmed. Throws when it does not end with 0. */
  async run(command: string[], args: string[] = [], input?: string): Promise<string> {
    const labels = Object.entries(this.labels).flatMap(([key, value]) => ['--label', `${key}=${value}`])
    return docker(['run', '--rm', '--interactive', '--pull', 'never', ...labels, ...args, this.image, ...command], {
      within: 60_000,
      input: input ?? '',
    })
  }

  /** kill -9, then start again with the same data. */
  async restart(container = this.container): Promise<void> {
    await docker(['kill', container])
    await docker(['start', container])
  }

  /** Waits for a condition; fails with what is awaited, and the last error, after `within` milliseconds (default 30 s), or when the last container ends. */
  async until(what: string, check: () => Promise<boolean>, within = 30_000): Promise<void> {
    const deadline = performance.now() + within
    let last = ''
    const holds = () =>
      check().catch(error => {
        last = ` (${(error as Error).message})`
        return false
      })
    let looked = performance.now()
    while (!(await holds())) {
      if (performance.now() > deadline) throw new Error(`not within ${within / 1000} s: ${what}${last}`)
      if (performance.now() > looked + 1000) {
        const state = await this.state()
        if (state.startsWith('exited')) throw new Error(`its container ended (${state}); awaited was: ${what}`)
        looked = performance.now()
      }
      await delay(50)
    }
  }

  /** State and exit code of the last container, as the engine has it. */
  private async state(): Promise<string> {
    if (this.containers.length === 0) return ''
    return (await askDocker(['inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', this.container])).stdout.trim()
  }

  /** The end of the last container's log. */
  async lastWords(): Promise<string> {
    if (this.containers.length === 0) return ''
    const { stdout, stderr } = await askDocker(['logs', '--tail', '4', this.container]).catch(() => ({ stdout: '', stderr: '' }))
    return (stdout + stderr).trim().replaceAll('\n', ' | ').slice(-500)
  }

  /** What a trial opened and must close, whatever came of it; called before its containers go. */
  onEnd(close: () => Promise<unknown>): void {
    this.ends.push(close)
  }

  async end(): Promise<void> {
    for (const close of this.ends.toReversed()) await close().catch(() => {})
    if (this.containers.length > 0) await askDocker(['rm', '--force', '--volumes', ...this.containers])
    if (this.network) await askDocker(['network', 'rm', this.network])
  }
}

/** Fails a trial with what did not hold. */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`this does not hold: ${what}`)
}

/** A tar archive of one file (POSIX ustar, mode 755). */
function tarOf(path: string, text: string): string {
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`
  const body = Buffer.from(text).toString('latin1')
  const fields = [
    path.replace(/^\//, '').padEnd(100, '\0'),
    octal(0o755, 7),
    octal(0, 7),
    octal(0, 7),
    octal(body.length, 11),
    octal(0, 11),
  ]
  const after = `0${'\0'.repeat(100)}ustar\x0000${'\0'.repeat(247)}`
  const sum = [...`${fields.join('')}        ${after}`].reduce((total, char) => total + char.charCodeAt(0), 0)
  return `${fields.join('')}${sum.toString(8).padStart(6, '0')}\0 ${after}${body}${'\0'.repeat((512 - (body.length % 512)) % 512)}${'\0'.repeat(1024)}`
}
