import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ComposeProject } from '../../engines/docker/project.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { ask, book, healthy } from './support/api.ts'
import { layersOf } from './support/image.ts'
import { DEV, PROD, prepare } from './support/stage.ts'

kpi('one-base', async ({ compose, learner, random }) => {
  prepare(learner.dir, random)
  const seen = async (name: 'dev' | 'prod', project: ComposeProject) => {
    await healthy(project)
    const shipment = random.word(8)
    expect(await book(project, shipment), `POST /bookings in ${name}`).toBe('201')
    const { body } = await ask(project, 'GET', '/settings')
    expect((body as { environment: string }).environment, `the environment in GET /settings in ${name}`).toBe(name)
    return project.container('api')
  }
  // One after the other: the second build takes the first one's layers.
  const prod = await compose.up(PROD)
  const prodApi = await seen('prod', prod)
  const dev = await compose.up(DEV)
  const devApi = await seen('dev', dev)
  did('I started compose.yaml with compose.prod.yaml and with compose.dev.yaml, and booked a shipment in each.')

  const [inProd, inDev] = await Promise.all([layersOf(prodApi.imageId), layersOf(devApi.imageId)])
  expect(inDev.at(-1) === inProd.at(-1) ? 'the same' : 'another', 'the last layer of the image in dev, held against prod').toBe('the same')

  const mark = random.word(10)
  appendFileSync(join(learner.dir, 'src/server.ts'), `log('info', '${mark}')\n`)
  did(`I appended a line to src/server.ts that logs "${mark}", and started nothing.`)
  await eventually('dev runs the changed source', async () => (await dev.logs('api')).includes(mark), { within: 15_000, every: 200 })
  expect((await prod.logs('api')).includes(mark) ? 'yes' : 'no', 'does prod run the changed source').toBe('no')

  did('I looked at what else differs.')
  const published = (project: ComposeProject) => (project.port('db', 5432) === undefined ? 'not published' : 'published')
  expect(published(dev), 'the port 5432 of db in dev').toBe('published')
  expect(published(prod), 'the port 5432 of db in prod').toBe('not published')
  const mounted = (container: typeof prodApi) =>
    container.raw.Mounts.filter(({ Type, Destination }) => Type === 'bind' && !Destination.startsWith('/run/secrets/')).map(
      ({ Destination }) => Destination,
    )
  expect(mounted(prodApi), 'folders of the host in the api of prod').toEqual([])
  const { code } = await prod.exec('api', ['sh', '-c', 'echo > /app/probe'], { user: '0' })
  expect(code === 0 ? 'written' : 'refused', 'a write to /app in the api of prod, as root').toBe('refused')
  for (const { service, restartPolicy } of await prod.containers())
    expect(
      ['always', 'unless-stopped', 'on-failure'].includes(restartPolicy) ? 'a restart policy' : restartPolicy,
      `${service} in prod`,
    ).toBe('a restart policy')
})
