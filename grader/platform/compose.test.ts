/** compose/platform.yaml as it is written, without an engine: what runs on containers is what runs embedded, confined and pinned. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { repositoryRoot } from '../course/root.ts'
import { loadImages } from '../images/manifest.ts'
import { PARTS, STEPS, type Surroundings } from './parts.ts'

interface Service {
  image?: string
  extends?: { file: string; service: string }
  command?: string[]
  environment?: Record<string, string>
  ports?: string[]
  profiles?: string[]
  networks?: string[]
  volumes?: string[]
  mem_limit?: string
  healthcheck?: unknown
  restart?: string
}

const root = repositoryRoot()
const dir = join(root, 'compose/platform')
const read = (file: string) =>
  parse(readFileSync(file, 'utf8'), { merge: true }) as { services: Record<string, Service>; include?: { path: string }[] }
const base = read(join(dir, 'base.yaml')).services['program']!
const fragments = readdirSync(dir).filter(name => name.endsWith('.yaml') && name !== 'base.yaml')
const services = Object.fromEntries(fragments.flatMap(name => Object.entries(read(join(dir, name)).services)))

/** Stands for addresses: only names of variables are compared. */
const anywhere = {
  db: { host: 'postgres', port: 5432 },
  passwords: { owner: 'x', capture: 'x', sink: 'x', reader: 'x' },
  s3: { url: 'x', accessKey: 'x', secretKey: 'x' },
  redis: { chat: { url: 'x', prefix: 'chat:' }, limiter: { url: 'x', prefix: 'limiter:' }, scheduler: { url: 'x', prefix: 'scheduler:' } },
  data: '/data',
  keep: '/home/node',
  url: () => 'http://x:1',
  has: () => true,
} as unknown as Surroundings

test('every fragment is included, once', () => {
  const included = read(join(root, 'compose/platform.yaml')).include!.map(({ path }) => path)
  expect(included.toSorted()).toEqual(fragments.map(name => `platform/${name}`).toSorted())
})

test.each([...PARTS.map(part => [part.name, part] as const), ...Object.entries(STEPS)])(
  '%s: the same program with the same variables',
  (name, part) => {
    const { command = [], environment = {}, profiles } = services[name]!
    expect(command.slice(1)).toEqual([
      part.lab ? part.entry : `compose/platform/programs/${part.entry}`,
      ...(('args' in part && part.args) || []),
    ])
    const wanted = Object.keys(part.env(anywhere))
    const listens = 'memoryMb' in part && !part.ready ? ['PORT'] : []
    expect(Object.keys(environment).toSorted()).toEqual([...wanted, ...listens].toSorted())
    const extra = 'extra' in part ? part.extra : name === 'jobs' ? 'scheduler' : undefined
    expect(profiles ?? []).toEqual(extra ? [extra] : [])
  },
)

test('all that runs together has at most 6 GiB, and nothing is without a limit', () => {
  const mib = Object.entries(services).map(([name, { mem_limit = base.mem_limit }]) => ({
    name,
    of: Number(/^(\d+)m$/.exec(mem_limit!)![1]),
  }))
  const lasting = mib.filter(({ name }) => !(name in STEPS)).reduce((sum, one) => sum + one.of, 0)
  const steps = Math.max(...mib.filter(({ name }) => name in STEPS).map(one => one.of)) // One after the other.
  expect(lasting + steps).toBeLessThanOrEqual(6 * 1024)
})

test('images are those of the course, pinned', () => {
  const known = loadImages(root).map(({ image }) => image)
  for (const { image } of [base, ...Object.values(services)]) if (image) expect(known).toContain(image)
})

test('ports are published on the loopback address alone, and volumes have names', () => {
  for (const { ports = [], volumes = [] } of Object.values(services)) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{/)
    for (const volume of volumes) expect(volume).toMatch(/^(\$\{PARTS\}|[a-z]+:)/)
  }
})

test('whatever stays up is watched and comes back; programs of ours have no rights', () => {
  for (const [name, service] of Object.entries(services)) {
    const merged = { ...(service.extends ? base : {}), ...service }
    if (name in STEPS) expect(merged.restart, name).toMatch(/^on-failure/)
    else expect(merged.restart, name).toBe('unless-stopped')
    expect(merged.healthcheck, name).toBeDefined()
  }
  expect(base).toMatchObject({ user: 'node', read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges'] })
})

test('no secret is written down: every one is a variable', () => {
  const suspicious = /(PASSWORD|SECRET|_KEY)$/
  for (const [name, { environment = {} }] of Object.entries(services))
    for (const [variable, value] of Object.entries(environment))
      if (suspicious.test(variable)) expect(value, `${name} ${variable}`).toMatch(/^\$\{\w+(:[?-])?\}$/)
})
