import { disconnectContainer } from '../../engines/docker/nemesis.ts'
import { Ledger } from '../../experiments/ledger.ts'
import { did, eventually, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { book, inWords, load, read, works } from './support/client.ts'
import { judgeRows } from './support/ledger.ts'

/** Milliseconds in which a process does to itself what it does after an error. */
const ENDS_WITHIN = 500

kpi('partition-heals', async ({ compose, random }) => {
  const project = await compose.up({ within: 90_000 })
  const prefix = random.word(6)
  await works(project, `w${prefix}`)
  const ledger = new Ledger()
  const known = `w${prefix}-known`
  await book(project, known)
  const started = (await project.container('api')).pid
  const same = async () => (await project.container('api')).pid === started
  const sameProcess = async () => expect((await same()) ? 'yes' : 'no', 'is it the same process of api').toBe('yes')
  const clients = load(project, ledger, prefix)
  const heal = await disconnectContainer(project, 'db').inject()
  if (!heal) inconclusive('db could not be cut off')
  did('Clients booked one after the other; I cut db off its network: packets are dropped, connections stay open.')
  for (let n = 0; n < 3; n++) {
    const { status, body } = await read(project, known)
    expect(inWords(status), 'GET of a cached booking').toBe('200')
    expect(body.source, 'its source').toBe('cache')
  }
  await clients.stop()
  // A process that ends itself does so a moment after its answer, and one that comes up again answers in more than one way.
  await eventually('it ends itself', async () => !(await same()), { within: ENDS_WITHIN }).catch(() => {})
  await sameProcess()
  const { status } = await book(project, `w${prefix}-during`)
  expect(inWords(status), 'POST /bookings during the partition').toBe('503')
  expect(clients.count(0), 'bookings without an answer in time').toBe(0)

  await heal!()
  did('I joined db to its network again.')
  await works(project, `w${prefix}-after`)
  await sameProcess()
  const { body, degraded } = await read(project, known)
  expect([body.source, degraded], 'source and header degraded of a read').toEqual(['database', ''])
  await judgeRows(project, ledger, prefix, 1)
})
