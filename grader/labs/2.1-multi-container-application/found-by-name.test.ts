import { docker } from '../../engines/docker/client.ts'
import { labelArgs } from '../../engines/docker/marks.ts'
import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { ask, newVehicles, WORKS_WITHIN, works } from './support/api.ts'

kpi('found-by-name', async ({ compose, random, cleanup }) => {
  const project = await compose.up({ within: 90_000 })
  for (const { service, raw } of await project.containers()) {
    const { NetworkMode, Links } = raw.HostConfig as { NetworkMode: string; Links?: string[] | null }
    if (NetworkMode.startsWith('container:') || NetworkMode === 'host')
      fail({
        subject: `network of ${service}`,
        expected: 'its own',
        saw: `that of another (${NetworkMode.split(':')[0]})`,
        lookAt: 'compose.yaml',
      })
    if (Links?.length)
      fail({ subject: `links of ${service}`, expected: 'none: names come from DNS', saw: Links.join(', '), lookAt: 'compose.yaml' })
  }
  const [before, after] = await newVehicles(project, random, 2)
  await works(project, before!)
  const addresses = async () =>
    Object.fromEntries(
      (await project.containers()).map(({ service, networks }) => [service, networks.map(({ address }) => address).join(' ')]),
    )
  const old = await addresses()

  // Somebody else takes the addresses that became free, so that the new containers get others.
  await project.compose(['rm', '--stop', '--force', 'db', 'cache'])
  const networks = (await project.containers()).flatMap(container => container.networks.map(({ name }) => name))
  for (const network of new Set(networks))
    for (let i = 0; i < 3; i++) {
      const id = await docker(['run', '--detach', '--network', network, ...labelArgs(project.labels), 'valkey/valkey:8.1', 'sleep', '300'])
      cleanup(() => docker(['rm', '--force', id]))
    }
  const up = await project.compose(['up', '--detach', '--no-build', '--wait', '--no-recreate', 'db', 'cache'], { within: 60_000 })
  if (up.code !== 0)
    fail({
      subject: 'docker compose up of db and cache',
      expected: 'both run at a free address',
      saw: up.stderr.trim().split('\n').at(-1) ?? '',
      lookAt: 'compose.yaml',
    })
  const now = await addresses()
  if (now['db'] === old['db'] || now['cache'] === old['cache']) inconclusive('A new container got the old address again.')
  did('I removed the containers of db and cache and made new ones, which have other addresses. api ran on.')

  // The database is new, too: its volume is in memory.
  const again = await newVehicles(project, random.fork('again'), 1)
  await works(project, again[0]!, 'GET of a vehicle from the database at its new address')
  await eventually(
    'the second read comes from the cache at its new address',
    async () => {
      const { status, from } = await ask(project, again[0]!.id)
      return from === 'cache' || fail({ expected: '200, from: cache', saw: `${status}, from: ${from || 'nothing said'}` })
    },
    { within: WORKS_WITHIN, every: 200 },
  )
  expect((await ask(project, after!.id)).status, 'a vehicle that only the old database had').toBe(404)
})
