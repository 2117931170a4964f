import { did, expect, kpi } from '../../kpi/index.ts'

const GIB = 2 ** 30

kpi('limits', async ({ compose, random }) => {
  const canary = { DB_PASSWORD: `canary${random.word(12)}`, LAKE_PASSWORD: `canary${random.word(12)}` }
  const { services = {} } = (await compose.open({ env: canary })).config
  const limitOf = ({ mem_limit, deploy }: (typeof services)[string]) => Number(deploy?.resources?.limits?.memory ?? mem_limit ?? 0)
  did('I read the resolved compose file, once with passwords of my own.')
  const unlimited = Object.entries(services).filter(([, service]) => !limitOf(service)).map(([name]) => name) // biome-ignore format: one line
  expect(unlimited, 'services without a limit of memory').toEqual([])
  const sum = Object.values(services).reduce((total, service) => total + limitOf(service), 0)
  expect(sum <= 4 * GIB ? 'at most 4 GiB' : `${(sum / GIB).toFixed(1)} GiB`, 'the limits of memory together').toBe('at most 4 GiB')
  const uses = (value: string) => Object.entries(services).filter(([, service]) => JSON.stringify(service).includes(value)).map(([name]) => name) // biome-ignore format: one line
  expect(uses(canary.DB_PASSWORD).includes('postgres') ? 'yes' : 'no', 'does postgres take DB_PASSWORD from the environment').toBe('yes')
  expect(uses(canary.LAKE_PASSWORD).includes('minio') ? 'yes' : 'no', 'does minio take LAKE_PASSWORD from the environment').toBe('yes')
})
