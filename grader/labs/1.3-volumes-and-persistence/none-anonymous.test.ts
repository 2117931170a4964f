import { docker } from '../../engines/docker/client.ts'
import { ANONYMOUS } from '../../engines/docker/project.ts'
import { did, expect, kpi } from '../../kpi/index.ts'

kpi('none-anonymous', async ({ compose }) => {
  const project = await compose.up()
  const mounts = async () =>
    (await project.containers()).flatMap(({ service, raw }) =>
      raw.Mounts.filter(({ Type }) => Type === 'volume').map(mount => ({ service, ...mount })),
    )
  const anonymous = (all: Awaited<ReturnType<typeof mounts>>) =>
    all
      .filter(({ Name = '' }) => ANONYMOUS.test(Name))
      .map(({ service, Destination }) => `${service}:${Destination}`)
      .sort()
  const first = await mounts()
  did('I started your project and looked at what its containers mount.')
  expect(anonymous(first).join(', ') || 'none', 'anonymous volumes').toBe('none')

  await project.compose(['rm', '--stop', '--force'])
  await project.compose(['up', '-d'])
  await project.compose(['down'], { within: 60_000 })
  did('I removed the containers, started anew, and took everything down; then I counted what is left on the disk.')
  const names = [...new Set(first.map(({ Name }) => Name!))]
  const left = (await docker(['volume', 'ls', '--quiet']))
    .split('\n')
    .filter(name => names.includes(name) || name.startsWith(`${project.name}_`))
  const declared = Object.keys(project.config.volumes ?? {}).map(name => `${project.name}_${name}`)
  const shown = (all: string[]) => all.map(name => name.replace(`${project.name}_`, '')).sort()
  expect(shown(left), 'volumes that are left, by their names in compose.yaml').toEqual(shown(declared))

  await project.compose(['down', '--volumes'], { within: 60_000 })
  did('Then `docker compose down --volumes`.')
  const after = (await docker(['volume', 'ls', '--quiet']))
    .split('\n')
    .filter(name => names.includes(name) || name.startsWith(`${project.name}_`))
  expect(shown(after).join(', ') || 'none', 'volumes that are left').toBe('none')
})
