import { killContainer } from '../../engines/docker/nemesis.ts'
import { Ledger } from '../../experiments/ledger.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { book, inWords, load, read, works } from './support/client.ts'
import { judgeRows } from './support/ledger.ts'

const KILLS = 2

kpi('writes-refused', async ({ compose, random }) => {
  const project = await compose.up({ within: 90_000 })
  const prefix = random.word(6)
  await works(project, `w${prefix}`)
  const ledger = new Ledger()
  let faults = 0
  const clients = load(project, ledger, prefix)
  for (let round = 0; round < KILLS; round++) {
    const [acked, refused] = [clients.count(201), clients.count(503)]
    await eventually('bookings are acknowledged', () => clients.count(201) >= acked + 50, { within: 20_000 })
    const heal = await killContainer(project, 'db').inject()
    if (heal) faults++
    await eventually('writes are refused with 503 while db is away', () => clients.count(503) > refused, { within: 10_000 })
    await heal?.()
    await works(project, `w${prefix}${round}`)
  }
  const heal = await killContainer(project, 'db').inject()
  await clients.stop()
  const ghost = `${prefix}-refused`
  ledger.attempt(ghost)
  const { status } = await book(project, ghost)
  expect(inWords(status), 'POST /bookings while db is away').toBe('503')
  ledger.refuse(ghost)
  const { status: seen } = await read(project, ghost)
  did(`Clients booked one after the other while I killed db ${KILLS + 1} times; then I read a booking that had been refused.`)
  expect(seen === 200 ? 'found' : 'not found', 'a booking that was refused').toBe('not found')
  await heal?.()
  expect([...clients.statuses.keys()].filter(code => ![201, 503, 504].includes(code)).map(inWords), 'other answers').toEqual([])
  await judgeRows(project, ledger, prefix, faults)
})
