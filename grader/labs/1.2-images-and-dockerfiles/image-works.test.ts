import { did, expect, kpi } from '../../kpi/index.ts'
import { start } from './support/container.ts'
import { answers, ask, linesOf, readings } from './support/service.ts'

kpi('image-works', async ({ compose, random, cleanup }) => {
  const image = await compose.image()
  did('I built your Dockerfile and started a container of it.')
  const container = await start(image, cleanup)
  await answers(container)
  const { csv, lines } = readings(random)
  const reply = await ask(container, '/report', csv)
  did('I posted readings of five vehicles to /report.')
  expect(reply.status, 'status of POST /report').toBe(200)
  expect(linesOf(reply.text), 'lines of the report').toEqual(lines)
  const about = JSON.parse((await ask(container, '/about')).text) as { version: string }
  expect(about.version, 'version in GET /about').toBe('1.4')
})
