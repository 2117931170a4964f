import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import type { ComposeConfig } from './config.ts'
import { readEvent } from './events.ts'
import type { Container } from './inspect.ts'
import { HOME_LABEL, projectPrefix, RUN_LABEL } from './marks.ts'
import { overrideFor, type Ports } from './override.ts'
import { atLeast } from './reachable.ts'
import { settleOf } from './ready.ts'

const marks = { runId: 'abc123', project: 'mrabc123-1' }
const MIB = 2 ** 20

interface Written {
  services: Record<string, Record<string, unknown>>
  networks?: Record<string, { name: string }>
  volumes?: Record<string, { name: string }>
}

async function override(config: Omit<ComposeConfig, 'name'>, ports: Ports = new Map()) {
  const text = await overrideFor({ name: 'x', ...config }, { marks, memory: { usual: 512 * MIB, most: 1024 * MIB } }, ports)
  const document = parseDocument(text, { customTags: [], logLevel: 'silent' })
  return { text, written: document.toJS() as Written, ports }
}

test('ports become free ones of 127.0.0.1, the same when asked again; replicas get theirs from the engine', async () => {
  const ports: Ports = new Map()
  const services = {
    web: {
      ports: [
        { target: 80, published: '8080', host_ip: '0.0.0.0' },
        { target: 53, protocol: 'udp' },
      ],
    },
    many: { deploy: { replicas: 3 }, ports: [{ target: 80, published: '9000' }] },
  }
  const { written, text } = await override({ services }, ports)
  expect(written.services['web']?.['ports']).toEqual([
    { target: 80, protocol: 'tcp', host_ip: '127.0.0.1', published: String(ports.get('web:80/tcp')) },
    { target: 53, protocol: 'udp', host_ip: '127.0.0.1', published: String(ports.get('web:53/udp')) },
  ])
  expect(written.services['many']?.['ports']).toEqual([{ target: 80, protocol: 'tcp', host_ip: '127.0.0.1' }])
  expect(text).toMatch(/ports: !override/)
  expect((await override({ services }, ports)).text).toBe(text)
})

test('limits go where theirs are, and are never above ours', async () => {
  const { written } = await override({
    services: {
      none: {},
      small: { mem_limit: String(64 * MIB), pids_limit: 20 },
      large: { deploy: { resources: { limits: { memory: String(8192 * MIB) } } } },
      endless: { pids_limit: -1 },
    },
  })
  expect(written.services['none']).toMatchObject({ mem_limit: 512 * MIB, pids_limit: 512 })
  expect(written.services['small']).toMatchObject({ mem_limit: 64 * MIB, pids_limit: 20 })
  expect(written.services['large']).toMatchObject({ deploy: { resources: { limits: { memory: String(1024 * MIB), pids: 512 } } } })
  expect(written.services['large']).not.toHaveProperty('mem_limit')
  expect(written.services['endless']).toMatchObject({ pids_limit: 512 })
})

test('names that two grades would share are their own, labels say whose it is, a dollar stays a dollar', async () => {
  const { written, text } = await override({
    services: {
      a$b: { container_name: 'db', image: 'nginx:1.26' },
      app: { build: { context: '.' }, image: 'mine:1' },
      worker: { image: 'mine:1' },
    },
    networks: { default: { name: 'shared' } },
    volumes: { data: { name: 'data' } },
  })
  expect(text).toContain('container_name: !reset null')
  expect(written.services['app']).toMatchObject({ image: 'mrabc123-1-app:run', build: { labels: { [HOME_LABEL]: expect.any(String) } } })
  expect(written.services['worker']).toMatchObject({ image: 'mrabc123-1-app:run', pull_policy: 'never' })
  expect(written.services['worker']?.['labels']).toMatchObject({ [RUN_LABEL]: 'abc123' })
  expect([written.networks?.['default']?.name, written.volumes?.['data']?.name]).toEqual(['mrabc123-1_default', 'mrabc123-1_data'])
  expect(projectPrefix('AB-c1')).toBe('mrabc1-')
})

test('events: those of the project, with the service also for its network; no healthcheck noise', () => {
  const services = new Map<string, string>()
  const raw = (Type: string, Action: string, ID: string, Attributes: Record<string, string>) =>
    JSON.stringify({ Type, Action, Actor: { ID, Attributes }, timeNano: 5e9 })
  const mine = { 'com.docker.compose.project': 'p', 'com.docker.compose.service': 'db' }
  expect(readEvent(raw('container', 'start', 'c1', mine), 'p', services)).toMatchObject({ at: 5000, action: 'start', service: 'db' })
  expect(readEvent(raw('container', 'start', 'c2', { ...mine, 'com.docker.compose.project': 'q' }), 'p', services)).toBe(null)
  expect(readEvent(raw('container', 'exec_create: pg_isready', 'c1', mine), 'p', services)).toBe(null)
  expect(readEvent(raw('network', 'disconnect', 'n', { name: 'p_back', container: 'c1' }), 'p', services)).toMatchObject({
    action: 'disconnect back',
    service: 'db',
  })
  expect(readEvent('not JSON', 'p', services)).toBe(null)
})

test('a container that restarts may still come up; one that ended for good is told at once', async () => {
  const container = (more: Partial<Container>) =>
    ({ service: 'a', state: 'running', exitCode: 0, restartPolicy: 'no', healthLog: '', ...more }) as Container
  const settle = (...looks: Partial<Container>[]) =>
    settleOf(
      async () => [container(looks.length > 1 ? looks.shift()! : looks[0]!)],
      performance.now() + 250,
      250,
      async () => 'its log',
    )
  await settle({})
  await settle({ state: 'exited', exitCode: 0 })
  await settle({ state: 'exited', exitCode: 1, restartPolicy: 'on-failure' }, { state: 'running' })
  await expect(settle({ state: 'exited', exitCode: 2 })).rejects.toMatchObject({ code: 'MR-E-114' })
  await expect(settle({ health: 'starting' })).rejects.toMatchObject({ code: 'MR-E-115', errorTitle: expect.stringContaining('starting') })
})

test('versions', () => {
  expect([
    atLeast('20.10.24+dfsg1', [20, 10]),
    atLeast('v2.26.1-4', [2, 24, 4]),
    atLeast('2.24.3', [2, 24, 4]),
    atLeast('28.1', [20, 10, 0]),
  ]).toEqual([true, true, false, true])
})
