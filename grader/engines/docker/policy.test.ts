import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { CodedError } from '../../errors/coded-error.ts'
import { realPath, resolvedConfig } from './compose.ts'
import type { ComposeConfig, ServiceConfig } from './config.ts'
import { locator } from './places.ts'
import { checkPolicy } from './policy.ts'
import { hasCompose, named } from './testing.ts'

const IMAGES = ['postgres:17', 'nginx:1.26', 'valkey/valkey:8.1']
const codes = (errors: CodedError[]): string[] => errors.map(error => error.code)

/** The decision over a ready-made configuration. */
const judge = (service: ServiceConfig, rest: Partial<ComposeConfig> = {}): CodedError[] =>
  checkPolicy(
    { name: 'x', services: { app: { image: 'nginx:1.26', ...service } }, ...rest },
    { labDir: '/lab', images: IMAGES, locate: () => ({ file: '/lab/compose.yaml', line: 3 }) },
  )

describe('over the resolved configuration', () => {
  const bind = (source: string, target = '/x') => ({ volumes: [{ type: 'bind', source, target }] })
  test.each<[string, ServiceConfig, string[]]>([
    ['nothing unusual', { restart: 'always', cap_add: [], security_opt: ['no-new-privileges:true'], network_mode: 'service:db' }, []],
    ['privileged', { privileged: true }, ['MR-E-100']],
    ['a privileged hook', { post_start: [{ privileged: true }] }, ['MR-E-100']],
    ['a privileged build', { build: { context: '/lab', privileged: true } }, ['MR-E-100']],
    ['host network', { network_mode: 'host' }, ['MR-E-101']],
    ["another container's network", { network_mode: 'container:other' }, ['MR-E-101']],
    [
      'host pid, ipc, uts, users, cgroup',
      { pid: 'host', ipc: 'host', uts: 'host', userns_mode: 'host', cgroup: 'host' },
      Array(5).fill('MR-E-101'),
    ],
    ['host network while building', { build: { context: '/lab', network: 'host' } }, ['MR-E-101']],
    ['docker.sock', bind('/var/run/docker.sock'), ['MR-E-102']],
    ['docker.sock under another name', bind('/lab/s', '/run/docker.sock'), ['MR-E-102']],
    ['the socket by option', { use_api_socket: true }, ['MR-E-102']],
    ['a rootless socket', bind('/run/user/1000/podman/podman.sock'), ['MR-E-102']],
    ['a bind inside', bind('/lab/conf'), []],
    ['a bind of the lab itself', bind('/lab'), []],
    ['a bind outside', bind('/etc'), ['MR-E-103']],
    ['a neighbour whose name begins alike', bind('/lab-2'), ['MR-E-103']],
    ['a way out by ..', bind('/lab/../etc'), ['MR-E-103']],
    ['a folder named ..x', bind('/lab/..x'), []],
    ['capabilities', { cap_add: ['NET_ADMIN', 'SYS_PTRACE'] }, ['MR-E-104', 'MR-E-104']],
    ['kernel settings', { sysctls: { 'kernel.shmmax': 1, 'net.core.somaxconn': 9 } }, ['MR-E-104']],
    ['devices', { devices: ['/dev/sda:/dev/sda'], device_cgroup_rules: ['c 1:3 mr'] }, ['MR-E-105', 'MR-E-105']],
    ['a graphics card', { deploy: { resources: { reservations: { devices: [{}] } } } }, ['MR-E-105']],
    ['unconfined', { security_opt: ['seccomp:unconfined', 'apparmor=unconfined'] }, ['MR-E-106', 'MR-E-106']],
    ['privileges again', { security_opt: ['no-new-privileges:false'] }, ['MR-E-106']],
    ['latest', { image: 'postgres:latest' }, ['MR-E-107']],
    ['no tag', { image: 'postgres' }, ['MR-E-107']],
    ['no tag, a port that looks like one', { image: 'localhost:5000/postgres' }, ['MR-E-107']],
    ['an image of somebody', { image: 'somebody/miner:1' }, ['MR-E-108']],
    ['another version', { image: 'postgres:16' }, ['MR-E-108']],
    ['a digest', { image: `postgres@sha256:${'0'.repeat(64)}` }, ['MR-E-108']],
    ['the long name of a known one', { image: 'docker.io/library/postgres:17' }, []],
    ['a build inside', { image: 'mine:latest', build: { context: '/lab/app', dockerfile: 'Dockerfile' } }, []],
    ['a build outside', { build: { context: '/' } }, ['MR-E-109']],
    ['a build from the network', { build: { context: 'https://example.org/x.git' } }, ['MR-E-109']],
    ['a Dockerfile outside', { build: { context: '/lab/app', dockerfile: '../../etc/Dockerfile' } }, ['MR-E-109']],
    ['a further context outside', { build: { context: '/lab', additional_contexts: { home: '/home' } } }, ['MR-E-109']],
    ["the ssh agent's keys", { build: { context: '/lab', ssh: ['default'] } }, ['MR-E-109']],
    ["another project's volumes", { volumes_from: ['container:other'] }, ['MR-E-110']],
    ['a program on the host', { provider: { type: 'sh' } }, ['MR-E-111']],
    ['a crowd', { deploy: { replicas: 100 } }, ['MR-E-112']],
  ])('%s', (_, service, expected) => {
    expect(codes(judge(service))).toEqual(expected)
  })

  test.each<[string, Partial<ComposeConfig>, string[]]>([
    ['an external network', { networks: { x: { external: true, name: 'host' } } }, ['MR-E-110']],
    ['the network of the host', { networks: { x: { driver: 'macvlan' } } }, ['MR-E-101']],
    ['a bridge', { networks: { x: { driver: 'bridge' } } }, []],
    ['an external volume', { volumes: { x: { external: true } } }, ['MR-E-110']],
    ['a bind in the guise of a volume', { volumes: { x: { driver_opts: { type: 'none', o: 'bind', device: '/' } } } }, ['MR-E-103']],
    ['a share of the network', { volumes: { x: { driver_opts: { type: 'nfs', o: 'addr=10.0.0.1', device: ':/x' } } } }, ['MR-E-103']],
    [
      'overlay of host folders',
      { volumes: { x: { driver_opts: { type: 'overlay', o: 'lowerdir=/etc', device: 'overlay' } } } },
      ['MR-E-103'],
    ],
    ['memory', { volumes: { x: { driver_opts: { type: 'tmpfs', device: 'tmpfs' } } } }, []],
    ['a secret from outside', { secrets: { x: { file: '/etc/shadow' } } }, ['MR-E-103']],
    ['a secret of the lab', { secrets: { x: { file: '/lab/secret.txt' } }, configs: { x: null } }, []],
  ])('%s', (_, rest, expected) => {
    expect(codes(judge({}, rest))).toEqual(expected)
  })

  test('a refusal names service, value, place and lesson', () => {
    const [error] = judge({ cap_add: ['SYS_ADMIN'] })
    expect(error?.errorTitle).toBe('Service app asks for more rights: cap_add: SYS_ADMIN.')
    expect(error?.facts).toMatchObject({ file: 'compose.yaml', line: 3, service: 'app' })
    expect(error?.fix).toContain('lab 1.1')
    expect(judge({ image: 'postgres' })[0]?.fix).toContain('e.g. postgres:17')
  })
})

const folders: string[] = []
afterAll(() => folders.forEach(dir => void rmSync(dir, { recursive: true, force: true })))

/** Files of a learner, judged as compose resolves them: "code file:line". */
async function hostile(files: Record<string, string>, given = ['compose.yaml'], env: Record<string, string> = {}): Promise<string[]> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-hostile-')))
  folders.push(top)
  const labDir = join(top, 'lab')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(labDir, name)), { recursive: true })
    writeFileSync(join(labDir, name), text)
  }
  symlinkSync('/etc', join(labDir, 'innocent'))
  const paths = given.map(file => join(labDir, file))
  const config = await resolvedConfig(['compose', '--project-name', 'x', ...paths.flatMap(path => ['--file', path])], { cwd: labDir, env })
  const errors = checkPolicy(config, { labDir, images: IMAGES, locate: locator(paths), realPath })
  return errors.map(({ code, facts }) => `${code} ${facts['file']}:${facts['line']}`)
}

describe.runIf(hasCompose)(named('hostile files, resolved by compose', hasCompose, 'docker compose is not there'), () => {
  test('through an anchor: the place is the anchor', async () => {
    const text = 'x-base: &base\n  privileged: true\nservices:\n  a:\n    <<: *base\n    image: nginx:1.26\n'
    expect(await hostile({ 'compose.yaml': text })).toEqual(['MR-E-100 compose.yaml:2'])
  })

  test('through extends: the place is in the other file', async () => {
    const files = {
      'compose.yaml': 'services:\n  a:\n    extends: { file: sub/base.yaml, service: b }\n    image: nginx:1.26\n',
      'sub/base.yaml': 'services:\n  b:\n    image: x:1\n    cap_add:\n      - CHOWN\n      - SYS_ADMIN\n    pid: host\n',
    }
    expect((await hostile(files)).sort()).toEqual(['MR-E-101 sub/base.yaml:7', 'MR-E-104 sub/base.yaml:5', 'MR-E-104 sub/base.yaml:6'])
  })

  test('through include, also in its long form', async () => {
    const files = {
      'compose.yaml': 'include:\n  - one.yaml\n  - path: two.yaml\nservices: { a: { image: "nginx:1.26" } }\n',
      'one.yaml': 'services:\n  b:\n    image: redis\n',
      'two.yaml': 'services:\n  c:\n    image: nginx:1.26\n    network_mode: host\n',
    }
    expect(await hostile(files)).toEqual(['MR-E-107 one.yaml:3', 'MR-E-101 two.yaml:4'])
  })

  test('through an override file', async () => {
    const files = {
      'compose.yaml': 'services:\n  a:\n    image: nginx:1.26\n',
      'prod.yaml': 'services:\n  a:\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n',
    }
    expect(await hostile(files, ['compose.yaml', 'prod.yaml'])).toEqual(['MR-E-102 prod.yaml:4'])
  })

  test('through interpolation: defaults, an .env file, the environment', async () => {
    const text = `services:\n  a:\n    image: "nginx:\${TAG:-latest}"\n    privileged: \${YES}\n    ipc: \${IPC}\n`
    const found = await hostile({ 'compose.yaml': text, '.env': 'YES=true\n' }, undefined, { IPC: 'host' })
    expect(found.sort()).toEqual(['MR-E-100 compose.yaml:4', 'MR-E-101 compose.yaml:5', 'MR-E-107 compose.yaml:3'])
  })

  test('through a link, a relative way out, the home folder, and a volume in disguise', async () => {
    const text = [
      'services:',
      '  a:',
      '    image: nginx:1.26',
      '    volumes:',
      '      - ./innocent:/a',
      '      - ../..:/b',
      '      - ~/.ssh:/c',
      '      - data:/d',
      'volumes:',
      '  data:',
      '    driver_opts: { type: none, o: bind, device: / }',
      '',
    ].join('\n')
    expect(await hostile({ 'compose.yaml': text }).then(found => found.map(each => each.slice(0, 8)))).toEqual(Array(4).fill('MR-E-103'))
  })

  test("the grader's own environment is not seen", async () => {
    process.env['MILLRACE_CANARY'] = 'nginx:1.26'
    const text = `services:\n  a:\n    image: "\${MILLRACE_CANARY:-postgres}"\n`
    expect(await hostile({ 'compose.yaml': text })).toEqual(['MR-E-107 compose.yaml:3'])
    delete process.env['MILLRACE_CANARY']
  })

  test('what compose cannot read is MR-E-113 with its words', async () => {
    await expect(hostile({ 'compose.yaml': 'services:\n  a:\n    imagee: nginx:1.26\n' })).rejects.toMatchObject({
      code: 'MR-E-113',
      errorTitle: expect.stringContaining('imagee'),
    })
    await expect(hostile({ 'compose.yaml': 'services: { a: { extends: { service: a }, image: "nginx:1.26" } }\n' })).rejects.toMatchObject({
      code: 'MR-E-113',
    })
  })
})
