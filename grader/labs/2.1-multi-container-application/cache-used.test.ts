import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { ask, cacheCounter, lookedUp, newVehicles, works } from './support/api.ts'

const VEHICLES = 10
const READS = 200

kpi('cache-used', async ({ compose, random }) => {
  const project = await compose.warm({ stays: ['db', 'cache'], within: 90_000 })
  const vehicles = await newVehicles(project, random, VEHICLES)
  const [other] = await newVehicles(project, random.fork('other'), 1)
  await works(project, other!)
  // A warm cache may still know these vehicles from the run before.
  await project.exec('cache', ['valkey-cli', 'FLUSHALL'])
  const hits = await cacheCounter(project, 'keyspace_hits')
  const looks = await lookedUp(project)
  const answers = []
  for (let i = 0; i < READS; i++) answers.push(await ask(project, vehicles[i % VEHICLES]!.id))
  did(
    `I read ${VEHICLES} vehicles ${READS / VEHICLES} times each, and looked at the cache's own counter of hits and at the database's of look-ups.`,
  )
  expect(answers.filter(({ status }) => status === 200).length, 'answers 200').toBe(READS)
  const gained = (await cacheCounter(project, 'keyspace_hits')) - hits
  if (gained < READS - VEHICLES)
    fail({ subject: 'keyspace_hits of cache', expected: `at least ${READS - VEHICLES} more`, saw: `${gained} more` })
  await eventually(
    'look-ups in the table of vehicles, as the database counts them',
    async () => {
      const more = (await lookedUp(project)) - looks
      // Counted late, never too much: more than this is more than this.
      if (more > VEHICLES * 2) fail({ expected: `at most ${VEHICLES * 2} more`, saw: `${more} more` })
      return more >= VEHICLES
    },
    { within: 15_000, every: 500 },
  )
  const said = answers.slice(VEHICLES).filter(({ from }) => from !== 'cache').length
  expect(said, 'reads after the first of each vehicle that do not say from: cache').toBe(0)
})
