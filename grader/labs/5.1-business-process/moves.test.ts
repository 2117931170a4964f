import { did, expect, kpi } from '../../kpi/index.ts'
import { audit, states, totals } from './support/audit.ts'
import { fjordline, simulate } from './support/business.ts'

kpi('moves', async ({ learner, postgres, random }) => {
  const seed = random.int(1, 2 ** 31)
  await fjordline(postgres, seed, { vehicles: random.int(5, 8), shipments: random.int(80, 120) })
  const before = await states(postgres.admin)
  did(`I loaded Fjordline with seed ${seed}: ${told(before)}.`)

  await simulate({ learner, postgres }, { events: 0 })
  did('I ran src/simulate.ts with EVENTS=0: it makes the tables of the process and does no business.')
  await audit(postgres.admin, 'after EVENTS=0')
  const start = await totals(postgres.admin)
  expect(await states(postgres.admin), 'shipments by state after EVENTS=0').toEqual(before)

  const readingsPerTrip = random.int(2, 5)
  const report = await simulate({ learner, postgres }, { seed, workers: 3, readingsPerTrip })
  did(`I ran it to its end, with 3 workers and ${readingsPerTrip} readings a trip.`)

  await audit(postgres.admin, 'after the last event')
  const waiting = before['no vehicle'] ?? 0
  const assigned = Object.values(before).reduce((sum, n) => sum + n, 0) - waiting
  expect(await states(postgres.admin), 'shipments by state').toEqual({ delivered: assigned, ...(waiting ? { 'no vehicle': waiting } : {}) })
  const end = await totals(postgres.admin)
  expect(end.open, 'trips still under way').toBe(0)
  expect(end.readings, 'readings, a fixed number on each trip that ended since').toBe(
    (end.trips - start.trips + start.open) * readingsPerTrip,
  )
  expect(report, 'report against the tables').toEqual({
    load: end.loaded - start.loaded,
    depart: end.trips - start.trips,
    reading: end.readings,
    arrive: end.trips - start.trips + start.open,
    deliver: end.delivered - start.delivered,
  })
  const again = await simulate({ learner, postgres }, { seed })
  expect(Object.values(again), 'events of another run, when nothing is left to do').toEqual([0, 0, 0, 0, 0])
})

const told = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([state, n]) => `${n} ${state}`)
    .join(', ')
