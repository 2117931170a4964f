import { did, expect, kpi } from '../../kpi/index.ts'

kpi('networks', async ({ compose }) => {
  const { services = {}, networks = {} } = (await compose.open()).config
  did('I read the resolved compose file.')
  const of = (service: string) => Object.keys(services[service]?.networks ?? {})
  const onDefault = Object.keys(services).filter(service => of(service).includes('default') || of(service).length === 0)
  expect(onDefault, 'services in the default network, which all projects have').toEqual([])
  expect(Object.keys(networks).length >= 2 ? 'two or more' : 'one', 'networks of its own').toBe('two or more')
  expect(of('postgres').filter(network => of('minio').includes(network)), 'networks in which postgres and minio meet: neither needs the other').toEqual([]) // biome-ignore format: one line
  expect(of('postgres').filter(network => of('lake').includes(network)), 'networks in which postgres and lake meet: changes come from kafka').toEqual([]) // biome-ignore format: one line
  const open = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.filter(({ host_ip }) => host_ip !== '127.0.0.1').map(({ target }) => `${name}:${target}`)) // biome-ignore format: one line
  expect(open, 'ports that other machines can reach').toEqual([])
})
