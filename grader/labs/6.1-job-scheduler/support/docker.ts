/** The learner's image and compose project on a real Docker engine, for the KPIs that need one. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { parse } from 'yaml'
import { EnvironmentFault, fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'

const MOST_OUTPUT = 16 * 1024 * 1024

interface Ran {
  code: number
  stdout: string
  stderr: string
}

/** Run `docker …`. Throws EnvironmentFault when there is no docker, or it does not end in time. */
export function docker(args: readonly string[], within = 120_000): Promise<Ran> {
  return new Promise((resolve, reject) => {
    execFile('docker', args, { timeout: within, maxBuffer: MOST_OUTPUT }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(new EnvironmentFault(`docker ${args.slice(0, 3).join(' ')}: ${error.message}`))
      else resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

/** What `docker image inspect` says of an image. */
export interface Image {
  tag: string
  /** Bytes. */
  size: number
  /** As USER in the Dockerfile says; empty is root. */
  user: string
  /** Bytes of each layer, from the base on. */
  layers: number[]
}

/** Build the learner's Dockerfile under a tag of this KPI's own; removed with the KPI. Throws KpiFailure when it does not build. */
export async function build({ learner, cleanup }: Pick<KpiFixtures, 'learner' | 'cleanup'>): Promise<Image> {
  const tag = `millrace-6.1:${randomBytes(4).toString('hex')}`
  cleanup(() => docker(['image', 'rm', '-f', tag]))
  const built = await docker(['build', '-q', '-t', tag, learner.dir], 280_000)
  if (built.code !== 0)
    fail({
      subject: 'docker build',
      expected: 'an image',
      saw: built.stderr.trim().split('\n').slice(-3).join(' / '),
      lookAt: 'Dockerfile',
    })
  const [seen] = JSON.parse((await docker(['image', 'inspect', tag])).stdout) as { Size: number; Config: { User?: string } }[]
  const history = (await docker(['image', 'history', '--no-trunc', '--human=false', '--format', '{{.Size}}', tag])).stdout
  const layers = history
    .split('\n')
    .filter(line => line !== '')
    .map(Number)
    .filter(size => size > 0)
  return { tag, size: seen!.Size, user: seen!.Config.User ?? '', layers: layers.reverse() }
}

/** A service as compose sees it after anchors and defaults. */
export interface Service {
  image?: string
  build?: unknown
  command?: string | string[]
  user?: string
  read_only?: boolean
  privileged?: boolean
  cap_drop?: string[]
  volumes?: unknown[]
  network_mode?: string
}

/** The learner's compose file. Throws KpiFailure when it is no YAML. */
export async function services({ learner }: Pick<KpiFixtures, 'learner'>): Promise<Record<string, Service>> {
  const text = await learner.read('compose.yaml')
  try {
    return (parse(text, { merge: true }) as { services: Record<string, Service> }).services
  } catch (error) {
    return fail({ subject: 'compose.yaml', expected: 'YAML', saw: String(error).split('\n')[0]!, lookAt: 'compose.yaml' })
  }
}

/** A compose project of this KPI's own, up and healthy; taken down with its volumes afterwards. */
export async function up({ learner, cleanup }: Pick<KpiFixtures, 'learner' | 'cleanup'>) {
  const project = ['compose', '-p', `millrace61${randomBytes(4).toString('hex')}`, '-f', `${learner.dir}/compose.yaml`]
  cleanup(() => docker([...project, 'down', '-v', '--remove-orphans', '--rmi', 'local', '-t', '1']))
  const compose = (...args: string[]) => docker([...project, ...args], 280_000)
  const started = await compose('up', '-d', '--build', '--wait')
  if (started.code !== 0)
    fail({
      subject: 'docker compose up --wait',
      expected: 'every service up',
      saw: started.stderr.trim().split('\n').slice(-3).join(' / '),
    })
  /** Ask the API from within its container: the host's ports may be taken. */
  const api = async (service: string, method: string, path: string, body?: unknown): Promise<unknown> => {
    const script = `const r = await fetch('http://127.0.0.1:' + process.env.PORT + ${JSON.stringify(path)}, ${JSON.stringify({ method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })}); console.log(await r.text())`
    const { code, stdout, stderr } = await compose('exec', '-T', service, 'node', '--input-type=module', '-e', script)
    if (code !== 0) fail({ subject: `${method} ${path} on ${service}`, expected: 'an answer', saw: stderr.trim().slice(0, 300) })
    return JSON.parse(stdout)
  }
  return { compose, api }
}
