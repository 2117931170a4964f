import { sql } from '../../experiments/outside.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { BOOKED_BY, doBusiness } from './support/business.ts'
import { drawPasswords, layData, reach, UP_WITHIN } from './support/deployment.ts'
import { becomeEqual } from './support/equal.ts'

const TOPIC = 'fjordline.public.shipments'
const BOOKINGS = 8

kpi('data-stays', async ({ compose, learner, random, seed }) => {
  layData(learner.dir, seed)
  const passwords = drawPasswords(random)
  const project = await compose.up({ env: passwords, within: UP_WITHIN })
  const deployment = reach(project, passwords)
  await becomeEqual(deployment, 60_000)
  await doBusiness(deployment, random, BOOKINGS)
  const before = await becomeEqual(deployment, 60_000)
  const made = await deployment.lake.madeAt()
  await project.down()
  did(`I did some business, ${BOOKINGS} bookings, and took all containers away: docker compose down.`)

  await project.up({ services: ['kafka'], within: UP_WITHIN })
  const topics = await project.exec('kafka', ['/opt/kafka/bin/kafka-topics.sh', '--bootstrap-server', 'localhost:9092', '--list'], {
    within: 60_000,
  })
  did('I started kafka again, and then the rest.')
  expect(topics.stdout.split('\n').includes(TOPIC) ? 'there' : 'gone', `the topic ${TOPIC}`).toBe('there')
  await project.up({ within: UP_WITHIN })
  const [booked] = await sql(deployment.database, `SELECT count(*)::int AS n FROM shipments WHERE customer = '${BOOKED_BY}'`)
  expect(booked?.['n'], 'bookings that PostgreSQL has').toBe(BOOKINGS)
  expect((await deployment.lake.madeAt()) === made ? 'yes' : 'no', 'is it the Delta table of before, by its first commit').toBe('yes')
  expect(await becomeEqual(deployment, 60_000), 'shipments that are there').toBe(before)
  await doBusiness(deployment, random, 1)
  await becomeEqual(deployment, 60_000)
})
