import { killContainer } from '../../engines/docker/nemesis.ts'
import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { ask, book, inWords, RECOVERS_WITHIN, read, works } from './support/client.ts'

kpi('reads-from-cache', async ({ compose, random }) => {
  const project = await compose.up({ within: 90_000 })
  const prefix = random.word(6)
  await works(project, `${prefix}-w`)
  const id = `${prefix}-booked`
  expect(inWords((await book(project, id)).status), 'POST /bookings').toBe('201')
  const well = await read(project, id)
  expect(well, 'GET of it while all is well').toEqual({
    status: 200,
    degraded: '',
    body: { id, shipment: `of ${id}`, source: 'database' },
  })
  const unread = `${prefix}-unread`
  await book(project, unread)

  const heal = await killContainer(project, 'db').inject()
  if (!heal) inconclusive('db could not be killed')
  did('I booked two shipments, read one of them, and killed db.')
  for (const [what, known] of [
    ['the booking that was read before', id],
    ['the booking that nobody had read', unread],
  ] as const) {
    const { status, body, degraded } = await read(project, known)
    expect(inWords(status), `GET of ${what}`).toBe('200')
    expect(body, `GET of ${what}`).toEqual({ id: known, shipment: `of ${known}`, source: 'cache' })
    expect(degraded, 'the header degraded').toBe('database')
  }
  const unknown = await read(project, `${prefix}-never`)
  expect(inWords(unknown.status), 'GET of an id that is in no cache: nobody can know').toBe('503')
  const health = await ask(project, '/health')
  expect(inWords(health.status), 'GET /health: the API is alive').toBe('200')

  await project.compose(['restart', 'api'])
  did('I restarted api while db was down.')
  await eventually(
    'GET of a cached booking from the new process',
    async () => {
      const { status } = await read(project, id)
      if (status !== 200) fail({ expected: '200', saw: inWords(status) })
      return true
    },
    { within: RECOVERS_WITHIN, every: 100 },
  )
})
