import { did, expect, kpi } from '../../kpi/index.ts'
import { doBusiness } from './support/business.ts'
import { drawPasswords, layData, reach, UP_WITHIN } from './support/deployment.ts'
import { becomeEqual } from './support/equal.ts'

kpi('data-stays', async ({ compose, learner, random, seed }) => {
  layData(learner.dir, seed)
  const passwords = drawPasswords(random)
  const project = await compose.up({ env: passwords, within: UP_WITHIN })
  const deployment = reach(project, passwords)
  const loaded = await becomeEqual(deployment, 60_000)
  await doBusiness(deployment, random, 10)
  const before = await becomeEqual(deployment, 60_000)
  await project.down()
  did(`It had loaded ~${loaded} shipments; I did some business and took all containers away: docker compose down.`)

  await project.up({ within: UP_WITHIN })
  did('I brought it up again.')
  expect(await becomeEqual(reach(project, passwords), 60_000), 'shipments that are there').toBe(before)
  await doBusiness(deployment, random, 5)
  await becomeEqual(deployment, 60_000)
})
