/** Needs docker: one container of the learner's image. */
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers'
import type { BuiltImage } from '../../../engines/docker/built-image.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import { frame, token } from './wire.ts'

// Its helper would be one more image to fetch; what is left over is found by our labels.
process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'

/** Starts a node and waits until it listens. Without a Redis: what is judged here does not need one. */
export async function startNode(
  image: BuiltImage,
  env: Record<string, string>,
  cleanup: KpiFixtures['cleanup'],
): Promise<StartedTestContainer> {
  const container = await new GenericContainer(image.tag)
    .withEnvironment({ PORT: '7000', HTTP_PORT: '7080', REDIS_URL: 'redis://127.0.0.1:1', ...env })
    .withLabels(image.labels)
    .withExposedPorts(7000, 7080)
    .withWaitStrategy(Wait.forListeningPorts())
    .start()
  cleanup(() => container.stop({ remove: true, timeout: 0 }))
  return container
}

/** Says hello on each connection, and when all were welcomed says so; hears everything, answers nothing. */
const CLIENTS = `
  const hellos = JSON.parse(process.env.HELLOS)
  let welcomed = 0
  for (const hello of hellos) {
    const socket = require('net').connect(7000, process.env.NODE_ADDRESS, () => socket.write(Buffer.from(hello, 'base64')))
    socket.once('data', () => ++welcomed === hellos.length && console.log('all welcomed'))
    socket.on('data', () => {}).on('error', () => {})
  }
  setInterval(() => {}, 1000)`

/** A container with so many clients on a node; resolves when all were welcomed. */
export async function startClients(
  { count, node, secret, labels }: { count: number; node: StartedTestContainer; secret: string; labels: Record<string, string> },
  cleanup: KpiFixtures['cleanup'],
): Promise<StartedTestContainer> {
  const hellos = Array.from({ length: count }, (_, i) =>
    frame({ t: 'hello', versions: [1], token: token(`driver${i}`, secret) }).toString('base64'),
  )
  const container = await new GenericContainer('node:24-slim')
    .withEntrypoint(['node', '-e', CLIENTS])
    .withEnvironment({ HELLOS: JSON.stringify(hellos), NODE_ADDRESS: node.getIpAddress('bridge') })
    .withLabels(labels)
    .withWaitStrategy(Wait.forLogMessage('all welcomed'))
    .start()
  cleanup(() => container.stop({ remove: true, timeout: 0 }))
  return container
}

/** Take a container off every network: no FIN, no RST, nothing arrives any more. */
export async function unplug(container: StartedTestContainer): Promise<void> {
  const { dockerode } = (await getContainerRuntimeClient()).container
  const facts = await dockerode.getContainer(container.getId()).inspect()
  for (const network of Object.values(facts.NetworkSettings.Networks))
    await dockerode.getNetwork(network.NetworkID).disconnect({ Container: container.getId(), Force: true })
}

/** A page of the node, asked for from inside its container. */
export async function page(container: StartedTestContainer, path: string): Promise<string> {
  const ask = `fetch('http://127.0.0.1:7080${path}').then(r => r.text()).then(console.log)`
  return (await container.exec(['node', '-e', ask])).output
}
